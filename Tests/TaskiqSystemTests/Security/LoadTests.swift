// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import TaskiqZeroMQ
import Testing

/// S7 and S8: what floods a hub costs the flood, or a restart, and never what was accepted.
@Suite(.serialized) struct LoadTests {
    @Test("S7: a message that never ends stops a hub with a limit of memory, in good order", .timeLimit(.minutes(5)))
    func multipartBomb() async throws {
        let fleet = try Fleet()
        let scheduler = try fleet.startScheduler(options: ["--memory-limit", "300M"])
        try await scheduler.wait("it served") { _, errors in errors.contains("] started") }
        #expect(try await fleet.taskiq("kiq", "add", "40", "2", "--task-id", "kept").code == 0)
        let path = fleet.directory + "/hub.sock"
        let sent = try await background {
            let bomb = try Flood(unix: path)
            bomb.greet()
            let piece: [UInt8] =
                [3] + withUnsafeBytes(of: UInt64(60_000).bigEndian, Array.init) + [UInt8](repeating: 7, count: 60_000)
            var sent = 0
            while sent < 4 << 30, bomb.send(piece) { sent += piece.count }
            return sent
        }
        #expect(try await scheduler.end() == 1)
        #expect(sent < 4 << 30, "it was stopped, not outlasted")
        #expect(scheduler.errors.contains("--memory-limit 300M"))
        // The store is whole, and what was accepted runs.
        let again = try await fleet.scheduler()
        let worker = try await fleet.worker()
        let value = try await fleet.withBroker { try await $0.handle(for: "kept").value(timeout: .seconds(60)) }
        #expect(value == .int(42))
        _ = (again, worker)
    }

    @Test(
        "S8: with all descriptors taken, who is connected goes on, and newcomers get in soon after",
        .timeLimit(.minutes(5))
    )
    func descriptors() async throws {
        let fleet = try Fleet()
        let scheduler = try fleet.startScheduler(listen: "tcp://127.0.0.1:*", under: "ulimit -n 64")
        try await scheduler.wait("it served") { _, errors in errors.contains("] started") }
        let address = try await fleet.address(of: scheduler)
        let port = try #require(UInt16(address.split(separator: ":").last ?? ""))
        let worker = try TestProcess(Programs.helloTasks, ["worker", "-w", "1", "--broker", address])
        try await worker.wait("it was connected") { _, errors in errors.contains("worker connected") }
        let broker = try Broker.zeroMQ(address, configuration: .init(sendTimeout: .seconds(60)), logger: .quiet)
        try await broker.startup()
        let add = broker.task("add") { (a: Int, b: Int) in a + b }
        let before = try await add.kiq(1, 2).value(timeout: .seconds(60))
        #expect(before == 3)

        // Connections that never say a word; the hub can accept a part of them.
        let idle = try await background { try (0..<200).map { _ in try Flood(tcp: port) } }
        let meanwhile = try await add.kiq(3, 4).value(timeout: .seconds(60))
        #expect(meanwhile == 7)
        // They are let go after 3 s, and a program that has been trying meanwhile gets in.
        let began = ContinuousClock.now
        let late = try Broker.zeroMQ(address, configuration: .init(sendTimeout: .seconds(60)), logger: .quiet)
        try await late.startup()
        let after = try await add.kiq(5, 6, on: late).value(timeout: .seconds(60))
        #expect(after == 11)
        let waited = ContinuousClock.now - began
        // All of them are gone after as many rounds of 3 s as it takes to accept them all, 40 or so at a time.
        #expect(waited < .seconds(25), "\(waited)")
        withExtendedLifetime(idle) {}
        await broker.shutdown()
        await late.shutdown()
        worker.signal(SIGTERM)
        #expect(try await worker.end() == 0)
        scheduler.signal(SIGTERM)
        #expect(try await scheduler.end() == 0)
    }
}
