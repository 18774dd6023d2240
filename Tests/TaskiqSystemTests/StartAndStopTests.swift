// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Starting where something is in the way, and stopping without leaving anything behind.
@Suite struct StartAndStopTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func everythingEndsWithinFiveSeconds(signal: Int32) async throws {
        let fleet = try Fleet()
        let scheduler = try await fleet.scheduler()
        let worker = try await fleet.worker(["-w", "2"])
        let children = worker.children
        #expect(children.count == 2)
        worker.signal(signal)
        #expect(try await worker.end(within: .seconds(5)) == 0)
        scheduler.signal(signal)
        #expect(try await scheduler.end(within: .seconds(5)) == 0)
        for child in children { try await TestProcess.waitForEnd(of: child, within: .seconds(5)) }
        // Nothing that is left over stands in the way of the next start.
        let again = try await fleet.scheduler()
        again.signal(signal)
        #expect(try await again.end(within: .seconds(5)) == 0)
    }

    @Test func aWorkerEndsWhileItsHubIsAway() async throws {
        let fleet = try Fleet()
        let scheduler = try await fleet.scheduler()
        let worker = try await fleet.worker()
        scheduler.signal(SIGKILL)
        _ = try await scheduler.end()
        worker.signal(SIGTERM)
        #expect(try await worker.end(within: .seconds(5)) == 0)
    }

    @Test func workerProcessesEndWithTheirSupervisor() async throws {
        let fleet = try Fleet()
        let scheduler = try await fleet.scheduler()
        let worker = try await fleet.worker(["-w", "2"])
        let children = worker.children
        worker.signal(SIGKILL)
        _ = kill(worker.processID, SIGKILL)
        for child in children { try await TestProcess.waitForEnd(of: child, within: .seconds(10)) }
        _ = scheduler
    }

    @Test func aSocketFileLeftByAKilledHubIsNoObstacle() async throws {
        let fleet = try Fleet()
        let first = try await fleet.scheduler()
        first.signal(SIGKILL)
        _ = try await first.end()
        let second = try await fleet.scheduler()
        #expect(second.isRunning)
    }

    @Test func aSecondDaemonOnTheSameDataIsRefused() async throws {
        let fleet = try Fleet()
        let first = try await fleet.scheduler()
        let second = try fleet.startScheduler(listen: fleet.address + "2")
        #expect(try await second.end() == 4)
        #expect(second.errors.contains(fleet.data))
        #expect(second.errors.contains("\(first.processID)"))
        #expect(first.isRunning)
        let worker = try await fleet.worker()
        #expect(try await fleet.taskiq("kiq", "add", "1", "2", "--wait").output == "3\n")
        _ = worker
    }

    @Test func anAddressInUseIsRefused() async throws {
        let fleet = try Fleet()
        let first = try await fleet.scheduler()
        let second = try fleet.startScheduler(data: fleet.directory + "/other")
        #expect(try await second.end() == 4)
        #expect(second.errors.contains("another hub listens at \(fleet.address)"))
        #expect(second.errors.contains("--listen"))
        let worker = try await fleet.worker()
        #expect(try await fleet.taskiq("kiq", "add", "1", "2", "--wait").output == "3\n")
        _ = (first, worker)
    }

    @Test func aPortInUseIsRefused() async throws {
        let fleet = try Fleet()
        let listener = try LoopbackListener()
        let scheduler = try fleet.startScheduler(listen: "tcp://127.0.0.1:\(listener.port)")
        #expect(try await scheduler.end() == 4)
        #expect(scheduler.errors.contains("\(listener.port)"))
    }

    @Test func anAddressThatOthersCanReachIsRefused() async throws {
        let fleet = try Fleet()
        for address in ["tcp://0.0.0.0:5555", "tcp://*:5555", "tcp://[::]:5555"] {
            let scheduler = try fleet.startScheduler(listen: address)
            #expect(try await scheduler.end() == 2)
            #expect(scheduler.errors.contains("--insecure"))
        }
    }

    @Test func aSocketThatMayNotBeMadeIsNamed() async throws {
        let fleet = try Fleet()
        let scheduler = try fleet.startScheduler(listen: "ipc:///proc/hub.sock")
        #expect(try await scheduler.end() == 1)
        #expect(scheduler.errors.contains("cannot listen at ipc:///proc/hub.sock"))
        let nowhere = try fleet.startScheduler(listen: "ipc://\(fleet.directory)/none/hub.sock")
        #expect(try await nowhere.end() == 1)
        #expect(nowhere.errors.contains("its directory does not exist"))
    }

    @Test func aDatabaseThatIsNoneIsRefusedAndKept() async throws {
        let fleet = try Fleet()
        let text = String(repeating: "this is no database\n", count: 100)
        try fleet.write(text, to: "data/hub.sqlite")
        let scheduler = try fleet.startScheduler()
        #expect(try await scheduler.end() == 1)
        #expect(scheduler.errors.contains("\(fleet.data)/hub.sqlite"))
        #expect(try String(contentsOfFile: fleet.data + "/hub.sqlite", encoding: .utf8) == text)
    }

    @Test func schedulesThatAreNotThereAreNamed() async throws {
        let fleet = try Fleet()
        let scheduler = try fleet.startScheduler([fleet.directory + "/nothing-here"])
        #expect(try await scheduler.end() == 3)
        #expect(scheduler.errors.contains("nothing-here"))
    }
}
