// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

struct DispatchTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)

    init() throws {
        hub = try HubBench()
        try hub.join(&client)
    }

    @Test("a message for a worker with room is stored and given away in one group, and sent after it")
    mutating func oneGroup() throws {
        try hub.join(&worker, credit: 1)
        try hub.settle()
        try hub.say(.submit(submission(1)), by: client)
        let operations = hub.group?.operations ?? []
        #expect(operations.contains { if case .insert = $0 { true } else { false } })
        #expect(
            operations.contains { if case .lease(LeaseKey(sequence: 1, attempt: 1), _) = $0 { true } else { false } }
        )
        #expect(hub.takeDeliveries(worker).isEmpty)
        try hub.commit()
        let delivery = hub.takeDeliveries(worker).first
        #expect(delivery?.lease == LeaseKey(sequence: 1, attempt: 1))
        #expect(delivery?.body == submission(1).body)
        #expect(delivery?.isRedelivered == false)
        #expect(hub.group == nil)
    }

    @Test("a worker never holds more than it has room for")
    mutating func credit() throws {
        try hub.join(&worker, credit: 2)
        for key in 1...5 { try hub.say(.submit(submission(UInt8(key))), by: client) }
        try hub.settle()
        let first = hub.takeDeliveries(worker)
        #expect(first.count == 2)
        // Absolute numbers: a repetition changes nothing.
        try hub.say(.credit(2), by: worker)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).isEmpty)
        try hub.end(first.first, .ok, "1", by: worker)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).count == 1)
        try hub.say(.credit(0), by: worker)
        try hub.end(first.last, .ok, "1", by: worker)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).isEmpty)
    }

    @Test("higher priorities go first, then the older, over all queues and tasks")
    mutating func order() throws {
        worker = BenchWorker(1, tasks: ["add", "sub"], queues: ["default", "other"])
        for (key, priority) in [(1, 0), (2, 5), (3, 9), (4, 5), (5, 0), (6, 9)] {
            let number = UInt8(key)
            var message = submission(
                number,
                task: key % 2 == 0 ? "sub" : "add",
                queue: key > 3 ? "other" : "default"
            )
            message.priority = UInt8(priority)
            try hub.say(.submit(message), by: client)
        }
        try hub.settle()
        try hub.join(&worker, credit: 6)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [3, 6, 2, 4, 1, 5])
    }

    @Test("only a worker that serves the queue and knows the task is given a message")
    mutating func routes() throws {
        var other = BenchWorker(2, tasks: ["sub"], queues: ["default", "slow"])
        try hub.join(&worker, credit: 9)
        try hub.join(&other, credit: 9)
        for (key, task, queue) in [
            (1, "add", "default"), (2, "sub", "default"), (3, "add", "slow"), (4, "sub", "slow"), (5, "mul", "default"),
        ] {
            try hub.say(.submit(submission(UInt8(key), task: task, queue: queue)), by: client)
        }
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [1])
        #expect(hub.takeDeliveries(other).map(\.lease.sequence) == [2, 4])
        var late = BenchWorker(3, tasks: ["mul", "add"], queues: ["default", "slow"])
        try hub.join(&late, credit: 9)
        try hub.settle()
        #expect(hub.takeDeliveries(late).map(\.lease.sequence) == [3, 5])
    }

    @Test("workers with the same room take turns")
    mutating func turns() throws {
        var workers = [BenchWorker(1), BenchWorker(2), BenchWorker(3)]
        for index in workers.indices { try hub.join(&workers[index], credit: 4) }
        for key in 1...6 {
            try hub.say(.submit(submission(UInt8(key))), by: client)
            try hub.settle()
        }
        for worker in workers { #expect(hub.takeDeliveries(worker).count == 2) }
    }

    @Test("a worker whose tasks are not known yet is given nothing")
    mutating func catalogueFirst() throws {
        try hub.say(.submit(submission(1)), by: client)
        try hub.greet(worker)
        try hub.settle()
        guard let packet = hub.takePackets(worker).first, case .welcome(let welcome) = packet.content else {
            Issue.record("no welcome")
            return
        }
        #expect(welcome.wantsCatalogue)
        worker.session = packet.session
        worker.epoch = packet.epoch
        try hub.say(.credit(1), by: worker)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).isEmpty)
        try hub.say(.catalogue(Array("{}".utf8), hash: "h"), by: worker)
        guard case .error? = hub.take(worker).first else {
            Issue.record("a broken catalogue was taken")
            return
        }
        try hub.announce(worker.catalogue, by: worker)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).count == 1)
    }

    @Test("a catalogue that is known is not asked for again, not even by the next life")
    mutating func catalogueIsKept() throws {
        try hub.join(&worker, credit: 1)
        try hub.settle()
        var second = BenchWorker(2)
        #expect(try hub.join(&second, credit: 1)?.wantsCatalogue == false)
        try hub.settle()
        try hub.restart()
        #expect(try hub.join(&worker, credit: 1)?.wantsCatalogue == false)
        #expect(hub.core.knownCatalogues == [worker.catalogue])
    }

    @Test("a delayed message waits for its time")
    mutating func delay() throws {
        try hub.join(&worker, credit: 2)
        var later = submission(1)
        later.delay = 3000
        try hub.say(.submit(later), by: client)
        try hub.say(.submit(submission(2)), by: client)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [2])
        #expect(hub.core.nextDeadline <= hub.uptime + 3000)
        try hub.wait(2500)
        #expect(hub.takeDeliveries(worker).isEmpty)
        try hub.wait(500)
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [1])
    }

    @Test("the longest delay there is harms nobody")
    mutating func endlessDelay() throws {
        try hub.join(&worker, credit: 2)
        var never = submission(1)
        never.delay = .max
        try hub.say(.submit(never), by: client)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).isEmpty)
        #expect(hub.core.nextDeadline <= hub.uptime + 1000)
    }

    @Test("after a restart the bodies are read as there is room for them, and the order stays")
    mutating func bodies() throws {
        for key in 1...10 { try hub.say(.submit(submission(UInt8(key))), by: client) }
        try hub.settle()
        try hub.restart()
        try hub.join(&client)
        try hub.join(&worker, credit: 2)
        // While two bodies are read, a message that needs no reading does not push ahead.
        try hub.say(.submit(submission(11)), by: client)
        try hub.settle()
        let deliveries = hub.takeDeliveries(worker)
        #expect(deliveries.map(\.lease.sequence) == [1, 2])
        #expect(deliveries.map(\.body) == [submission(1).body, submission(2).body])
        #expect(hub.core.bodyBytes == (1...11).reduce(0) { $0 + submission($1).body.count })
    }

    @Test("what nobody can run is looked at again when that changes, and not before")
    mutating func parked() throws {
        try hub.join(&worker, credit: 10)
        for key: UInt8 in 1...3 { try hub.say(.submit(submission(key, queue: "queue-\(key)")), by: client) }
        try hub.say(.submit(submission(4)), by: client)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [4])
        // A worker for one of them comes.
        var second = BenchWorker(2, queues: ["queue-2"])
        try hub.join(&second, credit: 10)
        try hub.settle()
        #expect(hub.takeDeliveries(second).map(\.lease.sequence) == [2])
        #expect(hub.takeDeliveries(worker).isEmpty)
        // More of what is put aside, and one that learns the tasks.
        try hub.say(.submit(submission(5, queue: "queue-1")), by: client)
        try hub.settle()
        var third = BenchWorker(3, queues: ["queue-1", "queue-3"])
        try hub.join(&third, credit: 10)
        try hub.settle()
        #expect(hub.takeDeliveries(third).map(\.lease.sequence) == [1, 3, 5])
    }
}
