// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol
import Testing

/// Whether hub and worker agree on what the worker has.
struct AgreementTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)
    private var delivery: TaskDelivery

    init() throws {
        hub = try HubBench()
        try hub.join(&client)
        try hub.join(&worker, credit: 1)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        delivery = try #require(hub.takeDeliveries(worker).first)
    }

    private mutating func isAskedAnew() -> Bool { hub.take(worker).contains(.resync) }

    @Test("as long as both name the same delivery, nothing happens")
    mutating func agree() throws {
        for _ in 1...10 { try hub.say(.holding(oldest: delivery.lease), by: worker) }
        #expect(!isAskedAnew())
    }

    @Test("a worker that says three times that it has less than the hub thinks is asked anew")
    mutating func lostDelivery() throws {
        for _ in 1...2 { try hub.say(.holding(oldest: nil), by: worker) }
        #expect(!isAskedAnew())
        try hub.say(.holding(oldest: nil), by: worker)
        #expect(isAskedAnew())
    }

    @Test("what is on its way makes no difference")
    mutating func onItsWay() throws {
        try hub.say(.holding(oldest: nil), by: worker)
        try hub.say(.holding(oldest: nil), by: worker)
        try hub.end(delivery, .ok, "1", by: worker)
        try hub.say(.submit(submission(2)), by: client)
        try hub.settle()
        try hub.say(.holding(oldest: nil), by: worker)
        #expect(!isAskedAnew())
    }

    // MARK: Fences

    @Test("a fenced task goes to another worker only when its own has ended it: 10 s after the last word")
    mutating func fence() throws {
        var fenced = submission(2)
        fenced.isFenced = true
        try hub.end(delivery, .ok, "1", by: worker)
        try hub.say(.submit(fenced), by: client)
        try hub.settle()
        let first = try #require(hub.takeDeliveries(worker).first)
        #expect(first.isFenced)
        try hub.say(.started([first.lease]), by: worker)
        try hub.tell(.unreachable(worker.peer, .back))
        var second = BenchWorker(2)
        try hub.join(&second, credit: 1)
        try hub.wait(9000, heardFrom: [second])
        #expect(hub.takeDeliveries(second).isEmpty)
        try hub.wait(2000, heardFrom: [second])
        let again = try #require(hub.takeDeliveries(second).first)
        // The first one's success comes too late, where that of another task would count.
        worker.reconnect()
        try hub.join(&worker, credit: 1)
        try hub.end(first, .ok, "late", by: worker)
        try hub.settle()
        #expect(hub.core.messageCount == 1)
        try hub.end(again, .ok, "in time", by: second)
        try hub.settle()
        #expect(try hub.store.results(of: ["task-2"]) == ["task-2": .intact(Array("in time".utf8))])
    }

    @Test("a step of the wall clock lets no fenced task go early, and keeps none back")
    mutating func fenceAndClock() throws {
        for step: Int64 in [60_000, -3_600_000] {
            var fenced = submission(step > 0 ? 2 : 3)
            fenced.isFenced = true
            try hub.end(delivery, .ok, "1", by: worker)
            try hub.say(.submit(fenced), by: client)
            try hub.settle()
            let first = try #require(hub.takeDeliveries(worker).first)
            try hub.say(.started([first.lease]), by: worker)
            try hub.tell(.unreachable(worker.peer, .back))
            try hub.wait(2500)
            hub.wall = hub.wall.adding(.milliseconds(step))
            var second = BenchWorker(step > 0 ? 2 : 3)
            try hub.join(&second, credit: 1)
            try hub.wait(6000, heardFrom: [second])
            #expect(hub.takeDeliveries(second).isEmpty)
            try hub.wait(2500, heardFrom: [second])
            delivery = try #require(hub.takeDeliveries(second).first)
            worker = second
        }
    }

    // MARK: Congestion

    @Test("a worker that does not read for a while keeps what it runs, and is asked anew when it is heard")
    mutating func congestion() throws {
        try hub.say(.started([delivery.lease]), by: worker)
        try hub.say(.credit(2), by: worker)
        try hub.say(.submit(submission(2)), by: client)
        try hub.settle()
        let lost = try #require(hub.takeDeliveries(worker).first)
        try hub.tell(.congested(worker.peer))
        try hub.tell(.undelivered(lost.lease, worker.peer))
        try hub.wait(5000)
        // Nobody else gets what it runs, and it gets nothing more; what never left is anybody's.
        #expect(hub.takeDeliveries(worker).isEmpty)
        var second = BenchWorker(2)
        try hub.join(&second, credit: 5)
        try hub.settle()
        #expect(hub.takeDeliveries(second).map(\.lease.sequence) == [2])
        try hub.say(.heartbeat, by: worker)
        #expect(isAskedAnew())
        worker.hello.inFlight = [delivery.lease]
        worker.hello.started = [delivery.lease]
        let welcome = try hub.join(&worker, credit: 2)
        #expect(welcome?.verdicts == [LeaseVerdict(lease: delivery.lease, verdict: .keep)])
        try hub.say(.submit(submission(3)), by: client)
        try hub.say(.credit(0), by: second)
        try hub.settle()
        #expect(hub.store.deadLetters.isEmpty)
    }
}
