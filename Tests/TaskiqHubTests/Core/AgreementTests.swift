// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

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
}
