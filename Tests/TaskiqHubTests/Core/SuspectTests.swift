// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

/// What happens to tasks that were there when workers died.
struct SuspectTests {
    private var hub: HubBench
    private var client = BenchClient(1)

    init() throws {
        hub = try HubBench()
        try hub.join(&client)
    }

    /// A worker takes what it gets, begins it all, and dies.
    private mutating func die(_ number: UInt8, credit: Int) throws -> [Int64] {
        var worker = BenchWorker(number)
        try hub.join(&worker, credit: credit)
        try hub.settle()
        let leases = hub.takeDeliveries(worker).map(\.lease)
        try hub.say(.started(leases), by: worker)
        try hub.tell(.unreachable(worker.peer, .back))
        try hub.wait(2500)
        return leases.map(\.sequence).sorted()
    }

    @Test("after two deaths each task that was there runs alone; only the one that kills a third worker is buried")
    mutating func suspects() throws {
        for key: UInt8 in 1...3 { try hub.say(.submit(submission(key)), by: client) }
        try hub.settle()
        #expect(try die(1, credit: 3) == [1, 2, 3])
        #expect(try die(2, credit: 3) == [1, 2, 3])
        try hub.wait(6000)
        // One at a time from now on, although there is room for three.
        var third = BenchWorker(3)
        try hub.join(&third, credit: 3)
        try hub.settle()
        let alone = hub.takeDeliveries(third)
        #expect(alone.map(\.lease.sequence) == [1])
        try hub.say(.started(alone.map(\.lease)), by: third)
        try hub.tell(.unreachable(third.peer, .back))
        try hub.wait(2500)
        #expect(hub.store.deadLetters.map(\.message.sequence) == [1])
        var fourth = BenchWorker(4)
        try hub.join(&fourth, credit: 3)
        for expected: Int64 in 2...3 {
            try hub.settle()
            let delivery = hub.takeDeliveries(fourth)
            #expect(delivery.map(\.lease.sequence) == [expected])
            try hub.end(delivery.first, .ok, "1", by: fourth)
        }
        try hub.settle()
        #expect(hub.core.messageCount == 0)
        #expect(hub.store.deadLetters.count == 1)
    }

    @Test("a worker that is busy finishes what it runs and takes nothing new, until the suspect has had its turn")
    mutating func makesRoom() throws {
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        _ = try die(1, credit: 1)
        _ = try die(2, credit: 1)
        var worker = BenchWorker(3)
        try hub.join(&worker, credit: 2)
        try hub.say(.submit(submission(2)), by: client)
        try hub.settle()
        let busy = hub.takeDeliveries(worker)
        #expect(busy.map(\.lease.sequence) == [2])
        // The suspect's pause is over, and the worker has room: it must not be given anything beside it.
        try hub.wait(6000, heardFrom: [worker])
        try hub.say(.submit(submission(3)), by: client)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).isEmpty)
        try hub.end(busy.first, .ok, "1", by: worker)
        try hub.settle()
        let suspect = hub.takeDeliveries(worker)
        #expect(suspect.map(\.lease.sequence) == [1])
        try hub.end(suspect.first, .ok, "1", by: worker)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [3])
    }

    @Test("while the queue of a task that must run alone is paused, no worker is kept for it")
    mutating func pausedSuspect() throws {
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        #expect(try die(1, credit: 1) == [1])
        #expect(try die(2, credit: 1) == [1])
        // A worker that is busy is kept for it.
        var third = BenchWorker(3, queues: ["default", "other"])
        try hub.join(&third, credit: 2)
        try hub.say(.submit(submission(2, queue: "other")), by: client)
        try hub.settle()
        #expect(hub.takeDeliveries(third).map(\.lease.sequence) == [2])
        try hub.wait(6000, heardFrom: [third])
        #expect(try hub.call(.pauseQueue, by: client) { $0.queue = "default" }.outcome?.outcome == .done)
        try hub.say(.submit(submission(3, queue: "other")), by: client)
        try hub.settle()
        #expect(hub.takeDeliveries(third).map(\.lease.sequence) == [3])
    }
}
