// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

struct EventOperationsTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var reader = BenchClient(2)
    private var worker = BenchWorker(1)

    init() throws {
        hub = try HubBench()
        try hub.join(&client)
        try hub.join(&reader)
    }

    private mutating func subscribe(_ say: (inout OperationParameters) -> Void = { _ in }) throws {
        #expect(try hub.call(.subscribeEvents, by: reader, say).status == .ok)
    }

    private func words(_ events: [EventReport]) -> [String] { events.map(\.kind.rawValue) }

    @Test("a task's life is told to who wants to know, and to nobody else")
    mutating func life() throws {
        try subscribe()
        try hub.join(&worker, credit: 1)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        let delivery = hub.takeDeliveries(worker).first
        try hub.say(.started([LeaseKey(sequence: 1, attempt: 1)]), by: worker)
        try hub.end(delivery, .ok, "{}", by: worker)
        try hub.settle()
        let events = try hub.takeEvents(reader)
        #expect(words(events) == ["worker.joined", "task.accepted", "task.started", "task.succeeded"])
        #expect(events[2].worker == "app@host:1" && events[2].attempt == 1 && events[3].taskID == "task-1")
        #expect(try hub.takeEvents(client).isEmpty)
    }

    @Test("kinds, a queue and a task can be chosen")
    mutating func chosen() throws {
        try subscribe {
            $0.kinds = ["task.accepted", "queue"]
            $0.queue = "mail"
        }
        for submission in [submission(1), submission(2, queue: "mail")] {
            try hub.say(.submit(submission), by: client)
        }
        _ = try hub.call(.pauseQueue, by: client) { $0.queue = "mail" }
        let events = try hub.takeEvents(reader)
        #expect(events.map(\.taskID) == ["task-2", nil])
        #expect(words(events) == ["task.accepted", "queue.paused"])
        #expect(try hub.call(.subscribeEvents, by: reader) { $0.kinds = ["weather"] }.status == .invalid)
    }

    @Test("who does not want to know any more, or goes, is told nothing")
    mutating func unsubscribed() throws {
        try subscribe()
        #expect(try hub.call(.unsubscribeEvents, by: reader).outcome?.outcome == .done)
        #expect(try hub.call(.unsubscribeEvents, by: reader).outcome?.outcome == .unchanged)
        try hub.say(.submit(submission(1)), by: client)
        #expect(try hub.takeEvents(reader).isEmpty)
        try subscribe()
        try hub.tell(.unreachable(reader.peer, .front))
        #expect(hub.core.operations.subscriptions.isEmpty)
    }

    @Test("who does not read costs a bounded number of frames; what is left out is counted and said")
    mutating func slowReader() throws {
        try subscribe { $0.kinds = ["queue.paused"] }
        for number in 0..<1300 {
            try hub.begin(.pauseQueue, by: client) { $0.queue = "q\(number)" }
        }
        try hub.settle()
        #expect(hub.take(reader).count == 1000)
        // It is there and reads after all.
        try hub.say(.heartbeat, by: reader)
        _ = hub.take(reader)
        try hub.begin(.pauseQueue, by: client) { $0.queue = "last" }
        var dropped: [Int64] = []
        for case .event(_, let count) in hub.take(reader) { dropped.append(count) }
        #expect(dropped == [300])
        let status = try hub.call(.showStatus, by: client).read(HubStatusReport.self)
        #expect(status.droppedEvents == 300)
    }

    @Test("the status tells what a hub has to do, and what is wrong")
    mutating func status() throws {
        try hub.join(&worker, credit: 1)
        try hub.say(.submit(submission(1)), by: client)
        try hub.say(.submit(submission(2)), by: client)
        try hub.say(.submit(submission(3, task: "unheard-of")), by: client)
        var later = submission(4)
        later.delay = 1000
        try hub.say(.submit(later), by: client)
        _ = try hub.call(.pauseQueue, by: client) { $0.queue = "mail" }
        let status = try hub.call(.showStatus, by: client).read(HubStatusReport.self)
        #expect([status.messages, status.ready, status.delayed, status.running] == [4, 2, 1, 1])
        #expect(status.unroutable == 1 && status.unroutableTasks == ["unheard-of"])
        #expect(status.pausedQueues == ["mail"] && status.workers == 1 && status.clients == 2)
        #expect(status.version == TaskiqVersion.text && status.epoch == 1 && !status.isDraining)
        #expect(status.store?.deadLetters == 0 && status.clock == hub.wall)
    }
}
