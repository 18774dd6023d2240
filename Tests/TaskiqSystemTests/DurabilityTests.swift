// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import Testing

/// What happens when processes die.
@Suite struct DurabilityTests {
    @Test func aTaskIsAcceptedWithoutAWorkerAndRunsWhenOneComes() async throws {
        let fleet = try Fleet()
        let scheduler = try await fleet.scheduler()
        let sent = try await fleet.taskiq("kiq", "add", "2", "3", "--task-id", "early")
        #expect(sent.code == 0)
        let pending = try await fleet.taskiq("results", "get", "early")
        #expect(pending.code == 6)
        let worker = try await fleet.worker()
        let value = try await fleet.withBroker { try await $0.handle(for: "early").value(timeout: .seconds(120)) }
        #expect(value == .int(5))
        _ = (scheduler, worker)
    }

    @Test func anAcceptedTaskSurvivesTheHubsDeath() async throws {
        let fleet = try Fleet()
        var scheduler = try await fleet.scheduler()
        try await fleet.withBroker { broker in
            let handle = try await broker.kiq(named: "add", args: [.int(20), .int(22)])
            scheduler.signal(SIGKILL)
            #expect(try await scheduler.end() == -SIGKILL)
            scheduler = try await fleet.scheduler()
            let worker = try await fleet.worker()
            #expect(try await handle.value(timeout: .seconds(120)) == .int(42))
            _ = worker
        }
        _ = scheduler
    }

    /// Two hundred tasks; the worker is killed twice among them, the hub once.
    @Test func nothingIsLostWhenWorkersAndHubAreKilled() async throws {
        let fleet = try Fleet()
        var scheduler = try await fleet.scheduler()
        let worker = try await fleet.worker(["-w", "1", "--max-async-tasks", "4"])
        try await fleet.withBroker { broker in
            var handles: [TaskHandle<JSONValue>] = []
            for _ in 0..<200 {
                handles.append(try await broker.kiq(named: "nap", kwargs: ["seconds": .double(0.02)]))
            }
            // Each death comes when some are done and many are not.
            _ = try await handles[20].value(timeout: .seconds(120))
            try killChild(of: worker)
            _ = try await handles[70].value(timeout: .seconds(120))
            scheduler.signal(SIGKILL)
            _ = try await scheduler.end()
            scheduler = try await fleet.scheduler()
            _ = try await handles[120].value(timeout: .seconds(120))
            try killChild(of: worker)
            for handle in handles {
                let result = try await handle.waitForResult(timeout: .seconds(120))
                #expect(!result.isError, "\(result.outcome)")
            }
        }
        #expect(!scheduler.errors.contains("dead letters"))
        _ = (scheduler, worker)
    }

    private func killChild(of worker: TestProcess) throws {
        let child = try #require(worker.children.first, "the worker has no process")
        #expect(kill(child, SIGKILL) == 0)
    }

    @Test func aStrayPeerHarmsNobody() async throws {
        let fleet = try Fleet()
        let scheduler = try await fleet.scheduler()
        let worker = try await fleet.worker()
        try await StrayPeer.send(
            to: fleet.address,
            [[Array("hello?".utf8)], [[]], [[0xFF], [0xFF], [0xFF], [0xFF], [0xFF]], [Array("TQ1".utf8) + [0x7F]]]
        )
        try await StrayPeer.send(to: fleet.address + ".workers", [[Array(repeating: 0x41, count: 70_000)]])
        try await scheduler.wait("it said so") { _, errors in errors.contains("a peer was not understood") }
        let sum = try await fleet.taskiq("kiq", "add", "2", "3", "--wait")
        #expect(sum.output == "5\n")
        _ = worker
    }
}
