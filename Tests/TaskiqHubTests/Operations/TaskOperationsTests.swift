// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

struct TaskOperationsTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)
    private let first = LeaseKey(sequence: 1, attempt: 1)

    init() throws {
        hub = try HubBench()
        try hub.join(&client)
    }

    private mutating func submit(_ submissions: Submission...) throws {
        for submission in submissions { try hub.say(.submit(submission), by: client) }
        try hub.settle()
        _ = hub.take(client)
    }

    private mutating func cancel(_ taskID: String, _ reason: String? = nil) throws -> OperationReply {
        try hub.call(.cancelTask, by: client) {
            $0.taskIDs = [taskID]
            $0.reason = reason
        }
    }

    private mutating func show(_ taskID: String) throws -> OperationReply {
        try hub.call(.showTask, by: client) { $0.taskIDs = [taskID] }
    }

    private mutating func list(
        _ say: (inout OperationParameters) -> Void = { _ in }
    ) throws -> OperationPage<TaskReport> {
        try hub.call(.listTasks, by: client, say).read()
    }

    // MARK: What can be asked

    @Test("an operation that nobody knows is named, with those that are known")
    mutating func unknownOperation() throws {
        let reply = try hub.call(HubOperation(rawValue: "tasks.explode"), by: client)
        #expect(reply.status == .unsupported)
        #expect(reply.message.contains("tasks.explode") && reply.message.contains("queues.pause"))
    }

    @Test("parameters that are none are refused", arguments: ["[", "[]", "{\"limit\":\"many\"}", "\u{0}"])
    mutating func noParameters(text: String) throws {
        let call = OperationCall(operation: "tasks.list", parameters: Array(text.utf8))
        try hub.say(.call(call), by: client, correlation: 77)
        #expect(hub.takeAnswers(client).map(\.status) == [.invalid])
    }

    @Test("a client without a session is told to greet, and nothing is done")
    mutating func noSession() throws {
        var stranger = BenchClient(9)
        stranger.session = 99
        try hub.begin(.pauseQueue, by: stranger) { $0.queue = "default" }
        #expect(hub.take(stranger) == [.resync])
        #expect(hub.core.operations.pausedQueues.isEmpty)
    }

    // MARK: Listing and showing

    @Test("tasks are listed with their states, and can be chosen by state, queue and name")
    mutating func listing() throws {
        var later = submission(3)
        later.delay = 60_000
        try submit(submission(1), submission(2, queue: "mail"), later)
        try hub.join(&worker, credit: 1)
        try hub.say(.started([first]), by: worker)
        try hub.settle()
        let states = try list().items.map { [$0.taskID, $0.state.rawValue] }
        #expect(states == [["task-1", "running"], ["task-2", "waiting"], ["task-3", "delayed"]])
        #expect(try list { $0.state = .running }.items.first?.worker == "app@host:1")
        #expect(try list { $0.state = .delayed }.items.first?.dueAt == hub.wall.adding(.seconds(60)))
        #expect(try list { $0.queue = "mail" }.items.map(\.taskID) == ["task-2"])
        #expect(try list { $0.queue = "mail" }.items.first?.isUnroutable == true)
        #expect(try list { $0.taskName = "nobody" }.items.isEmpty)
        #expect(try hub.call(.listTasks, by: client) { $0.state = .succeeded }.status == .invalid)
    }

    @Test("a long list comes in pages, none of them larger than a message", arguments: [1, 7, 100, 1000])
    mutating func pages(limit: Int) throws {
        let long = String(repeating: "\u{2028}\"", count: 60)
        for number in 0..<20 {
            try submit(
                Submission(key: numbered(UInt8(number)), queue: long, taskName: long, taskID: "\(number)", body: [])
            )
        }
        var after: String?
        var seen: [String] = []
        var pages = 0
        repeat {
            let page = try list {
                $0.limit = limit
                $0.after = after
            }
            #expect(page.items.count <= limit)
            seen += page.items.map(\.taskID)
            after = page.next
            pages += 1
        } while after != nil
        #expect(seen == (0..<20).map { "\($0)" })
        #expect(pages == max(1, (20 + limit - 1) / limit))
        #expect(try hub.call(.listTasks, by: client) { $0.after = "x" }.status == .invalid)
    }

    @Test("an answer fits into a message, however small that is")
    mutating func smallMessages() throws {
        var configuration = HubConfiguration()
        configuration.maximumBody = 2000
        hub = try HubBench(configuration: configuration)
        try hub.join(&client)
        for number in 0..<30 { try submit(submission(UInt8(number))) }
        var after: String?
        var seen: [String] = []
        repeat {
            let reply = try hub.call(.listTasks, by: client) { $0.after = after }
            #expect(reply.body.count <= 2000)
            let page = try reply.read(OperationPage<TaskReport>.self)
            seen += page.items.map(\.taskID)
            after = page.next
        } while after != nil
        #expect(seen == (0..<30).map { "task-\($0)" })
    }

    @Test("a task is shown while it waits, while it runs with its progress, when it has ended and when it is dead")
    mutating func showing() throws {
        try submit(submission(1))
        #expect(try show("task-1").read(TaskReport.self).state == .waiting)
        try hub.join(&worker, credit: 1)
        try hub.settle()
        let delivery = hub.takeDeliveries(worker).first
        try hub.say(.started([first]), by: worker)
        try hub.say(.progress(taskID: "task-1", ProgressReport(state: "half", meta: Array("[1]".utf8))), by: worker)
        let running = try show("task-1").read(TaskReport.self)
        #expect(running.state == .running && running.attempts == 1 && running.startedAt == hub.wall)
        #expect(running.progress?.state == "half" && running.progress?.meta?.text == "[1]")
        let result = StoredResult(returnValue: .null, executionTime: .zero)
        try hub.end(delivery, .ok, String(decoding: result.json(), as: UTF8.self), by: worker)
        try hub.settle()
        #expect(try show("task-1").read(TaskReport.self).state == .succeeded)

        try submit(submission(2))
        try hub.end(hub.takeDeliveries(worker).first, .reject, by: worker)
        try hub.settle()
        let dead = try show("task-2").read(TaskReport.self)
        #expect(dead.state == .dead && dead.taskName == "add" && dead.reason == "rejected")
        #expect(try show("task-3").status == .notFound)
        #expect(try hub.call(.showTask, by: client).status == .invalid)
    }

    // MARK: Cancelling

    @Test("one that waits ends with an error that names the reason, also for who waits, and is never delivered")
    mutating func cancelWaiting() throws {
        try submit(submission(1))
        try hub.say(.resultWait(taskIDs: ["task-1"]), by: client)
        _ = hub.take(client)
        try hub.begin(.cancelTask, by: client) {
            $0.taskIDs = ["task-1"]
            $0.reason = "not needed"
        }
        // Not before it is on disk.
        #expect(hub.take(client).isEmpty)
        try hub.settle()
        let replies = hub.take(client)
        #expect(failure(replies)?.message == "the task was cancelled: not needed")
        #expect(failure(replies)?.isCancellation == true)
        #expect(
            replies.contains { if case .called(let reply) = $0 { reply.outcome?.outcome == .cancelled } else { false } }
        )
        try hub.join(&worker, credit: 1)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).isEmpty)
        // Said again, as if the answer had been lost.
        #expect(try cancel("task-1").outcome?.outcome == .ended)
        #expect(try cancel("never").status == .notFound)
    }

    @Test("one that waits for its time, or for its body, is cancelled the same way")
    mutating func cancelDelayed() throws {
        var later = submission(1)
        later.delay = 60_000
        try submit(later, submission(2))
        #expect(try cancel("task-1").outcome?.outcome == .cancelled)
        try hub.restart()
        try hub.join(&client)
        // Its body is asked for, and it is cancelled before that is there.
        try hub.join(&worker, credit: 5)
        try hub.begin(.cancelTask, by: client) { $0.taskIDs = ["task-2"] }
        try hub.settle()
        #expect(hub.takeAnswers(client).first?.outcome?.outcome == .cancelled)
        #expect(hub.takeDeliveries(worker).isEmpty)
        try hub.wait(61_000, heardFrom: [worker])
        #expect(hub.takeDeliveries(worker).isEmpty)
        #expect(hub.core.messageCount == 0)
    }

    private mutating func run() throws -> TaskDelivery? {
        try submit(submission(1))
        try hub.join(&worker, credit: 1)
        try hub.settle()
        let delivery = hub.takeDeliveries(worker).first
        try hub.say(.started([first]), by: worker)
        return delivery
    }

    @Test("the worker of one that runs is asked, and what it reports is what became of it")
    mutating func cancelRunning() throws {
        let delivery = try run()
        let reply = try cancel("task-1", "enough")
        #expect(reply.outcome?.outcome == .requested)
        #expect(reply.outcome?.workers == ["app@host:1"])
        #expect(hub.take(worker) == [.cancel(first, reason: "enough")])
        #expect(try show("task-1").read(TaskReport.self).cancelling == "enough")
        try hub.say(.resultWait(taskIDs: ["task-1"]), by: client)
        let result = StoredResult(error: .cancelled("enough"), executionTime: .zero)
        try hub.end(delivery, .error, String(decoding: result.json(), as: UTF8.self), by: worker)
        try hub.settle()
        #expect(failure(hub.take(client))?.isCancellation == true)
        #expect(hub.core.operations.cancelling.isEmpty)
    }

    @Test("one that was asked to stop does not run again: put back, given back, or its worker lost")
    mutating func cancelledOnce() throws {
        for ending in ["requeue", "release", "lost"] {
            let copy = self
            var delivery = try run()
            _ = try cancel("task-1")
            _ = hub.take(worker)
            switch ending {
            case "requeue": try hub.end(delivery, .requeue, "next", by: worker)
            case "release": try hub.end(delivery, .release, by: worker)
            default: try hub.wait(11_000)
            }
            delivery = nil
            try hub.settle()
            var second = BenchWorker(2)
            try hub.join(&second, credit: 5)
            try hub.settle()
            #expect(hub.takeDeliveries(second).isEmpty, "\(ending)")
            #expect(hub.core.messageCount == 0, "\(ending)")
            let report = try show("task-1").read(TaskReport.self)
            #expect(report.state == .failed && report.reason == "the task was cancelled", "\(ending)")
            self = copy
            hub = try HubBench()
            try hub.join(&client)
        }
    }

    @Test("one that was asked to stop does not run again after the hub's restart either, and is asked once more")
    mutating func cancelledBeforeRestart() throws {
        let delivery = try #require(try run())
        _ = try cancel("task-1", "enough")
        try hub.settle()
        try hub.restart()
        try hub.join(&client)
        worker.hello.inFlight = [delivery.lease]
        worker.hello.started = [delivery.lease]
        try hub.greet(worker)
        try hub.settle()
        let packets = hub.takePackets(worker)
        #expect(packets.contains { $0.content == .cancel(delivery.lease, reason: "enough") })
        worker.session = packets.last?.session ?? 0
        worker.epoch = packets.last?.epoch ?? 0
        try hub.end(delivery, .requeue, "next", by: worker)
        try hub.settle()
        #expect(hub.core.messageCount == 0)
        #expect(hub.core.operations.cancelling.isEmpty)
        #expect(try hub.store.recover().cancelling.isEmpty)
    }

    @Test("a worker that has lost its connection is asked again when it greets")
    mutating func askedAgain() throws {
        _ = try run()
        try hub.tell(.unreachable(worker.peer, .back))
        _ = try cancel("task-1", "enough")
        _ = hub.take(worker)
        worker.reconnect()
        worker.hello.inFlight = [first]
        worker.hello.started = [first]
        try hub.greet(worker)
        try hub.settle()
        #expect(hub.take(worker).last == .cancel(first, reason: "enough"))
    }

    @Test("the hub's next life does not run it again either")
    mutating func cancelledOverRestart() throws {
        _ = try run()
        _ = try cancel("task-1")
        try hub.restart()
        try hub.join(&client)
        var second = BenchWorker(2)
        try hub.join(&second, credit: 5)
        try hub.wait(20_000, heardFrom: [second])
        #expect(hub.takeDeliveries(second).isEmpty)
        #expect(hub.core.messageCount == 0)
    }

    @Test("one that has ended and may be acknowledged keeps its result")
    mutating func cancelUnacknowledged() throws {
        let delivery = try #require(try run())
        var completion = Completion(lease: delivery.lease, outcome: .ok)
        completion.isUnacknowledged = true
        completion.body = StoredResult(returnValue: .null, executionTime: .zero).json()
        try hub.say(.complete(completion), by: worker)
        try hub.settle()
        #expect(try show("task-1").read(TaskReport.self).state == .unacknowledged)
        #expect(try cancel("task-1").outcome?.outcome == .cancelled)
        #expect(try show("task-1").read(TaskReport.self).state == .succeeded)
        #expect(hub.core.messageCount == 0)
    }

    @Test("a reason is kept short, whatever it is made of")
    mutating func longReason() throws {
        try submit(submission(1))
        _ = try cancel("task-1", "é" + String(repeating: "\u{301}", count: 100_000))
        let report = try show("task-1").read(TaskReport.self)
        #expect((report.reason ?? "").utf8.count < 1100)
    }
}
