// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

struct QueueOperationsTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)

    init() throws {
        hub = try HubBench()
        try hub.join(&client)
    }

    private mutating func submit(_ submissions: Submission...) throws {
        for submission in submissions { try hub.say(.submit(submission), by: client) }
        try hub.settle()
        _ = hub.take(client)
    }

    private mutating func change(_ operation: HubOperation, _ queue: String = "default") throws -> OperationReply {
        try hub.call(operation, by: client) { $0.queue = queue }
    }

    private mutating func queues() throws -> [QueueReport] {
        try hub.call(.listQueues, by: client).read(OperationPage<QueueReport>.self).items
    }

    @Test("queues are listed with what waits and runs in them, in the order of their names")
    mutating func listing() throws {
        var later = submission(3)
        later.delay = 60_000
        let accepted = hub.wall
        try submit(submission(1), later, submission(4, queue: "mail"))
        hub.sleep(1000)
        try submit(submission(2))
        try hub.join(&worker, credit: 1)
        try hub.settle()
        _ = try change(.pauseQueue, "archive")
        let queues = try queues()
        #expect(queues.map(\.queue) == ["archive", "default", "mail"])
        #expect(queues[0].isPaused && queues[0].workers == 0)
        #expect(queues[1].running == 1 && queues[1].delayed == 1 && queues[1].ready == 1 && queues[1].workers == 1)
        #expect(queues[2].ready == 1 && queues[2].unroutable == 1 && queues[2].oldest == accepted)
        #expect(queues[2].bytes == 6)
    }

    @Test("nothing of a paused queue is delivered; what runs goes on, what is sent is taken, others are not concerned")
    mutating func pause() throws {
        try submit(submission(1))
        worker = BenchWorker(1, queues: ["default", "mail"])
        try hub.join(&worker, credit: 10)
        try hub.settle()
        let running = hub.takeDeliveries(worker).first
        #expect(try change(.pauseQueue).outcome?.outcome == .done)
        #expect(try change(.pauseQueue).outcome?.outcome == .unchanged)
        try submit(submission(2), submission(3, queue: "mail"))
        #expect(hub.takeDeliveries(worker).map(\.queue) == ["mail"])
        try hub.end(running, .ok, "{}", by: worker)
        try hub.settle()
        #expect(hub.take(worker).contains { if case .completed = $0 { true } else { false } })
        // Over restarts.
        try hub.restart()
        try hub.join(&client)
        try hub.join(&worker, credit: 10)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).allSatisfy { $0.queue == "mail" })
        #expect(try change(.resumeQueue).outcome?.outcome == .done)
        #expect(hub.takeDeliveries(worker).map(\.queue) == ["default"])
        #expect(try change(.resumeQueue).outcome?.outcome == .unchanged)
        try hub.restart()
        #expect(hub.core.operations.pausedQueues.isEmpty)
    }

    @Test("a pause is answered when it is on disk")
    mutating func durable() throws {
        try hub.begin(.pauseQueue, by: client) { $0.queue = "default" }
        #expect(hub.takeAnswers(client).isEmpty)
        // The same again, while the first is on its way.
        try hub.begin(.pauseQueue, by: client) { $0.queue = "default" }
        #expect(hub.takeAnswers(client).isEmpty)
        try hub.settle()
        #expect(hub.takeAnswers(client).map(\.outcome?.outcome) == [.done, .unchanged])
    }

    @Test("a queue must have a name", arguments: [nil, "", "a\nb", String(repeating: "q", count: 256)])
    mutating func noName(name: String?) throws {
        for operation in [HubOperation.pauseQueue, .resumeQueue, .purgeQueue] {
            #expect(try hub.call(operation, by: client) { $0.queue = name }.status == .invalid)
        }
    }

    @Test("what waits in a queue is ended, and who waits for it is told; what runs goes on")
    mutating func purge() throws {
        try submit(submission(1))
        try hub.join(&worker, credit: 1)
        try hub.settle()
        var later = submission(2)
        later.delay = 60_000
        try submit(later, submission(3), submission(4, task: "other"), submission(5, queue: "mail"))
        try hub.say(.resultWait(taskIDs: ["task-3"]), by: client)
        _ = hub.take(client)
        try hub.begin(.purgeQueue, by: client) { $0.queue = "default" }
        try hub.settle()
        let replies = hub.take(client)
        #expect(failure(replies)?.message == "the task was cancelled: the queue default was purged")
        #expect(replies.contains { if case .called(let reply) = $0 { reply.outcome?.count == 3 } else { false } })
        #expect(try queues().map { [$0.ready, $0.delayed, $0.running] } == [[0, 0, 1], [1, 0, 0]])
        #expect(try change(.purgeQueue).outcome?.count == 0)
    }

    @Test("only those of a task, if it is named, and only those that waited at the first of several calls")
    mutating func purgeSome() throws {
        try submit(submission(1), submission(2, task: "other"))
        let until = try hub.call(.purgeQueue, by: client) { parameters in
            parameters.queue = "default"
            parameters.taskName = "other"
        }
        #expect(until.outcome?.count == 1)
        try submit(submission(3))
        let early = try hub.call(.purgeQueue, by: client) { parameters in
            parameters.queue = "default"
            parameters.until = "3"
        }
        #expect(early.outcome?.count == 1)
        #expect(try queues().first?.ready == 1)
    }

    @Test("a large queue is ended a part at a time")
    mutating func purgeLarge() throws {
        for number in 0..<10_050 {
            let key = PeerIdentity((0..<16).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) }) ?? .generate()
            let submission = Submission(key: key, queue: "default", taskName: "t", taskID: "t-\(number)", body: [])
            try hub.say(.submit(submission), by: client)
        }
        try hub.settle()
        _ = hub.take(client)
        let part = try change(.purgeQueue).outcome
        #expect(part?.count == 10_000)
        let until = try #require(part?.until)
        let rest = try hub.call(.purgeQueue, by: client) { parameters in
            parameters.queue = "default"
            parameters.until = until
        }
        #expect(rest.outcome?.count == 50)
        #expect(rest.outcome?.until == nil)
        #expect(hub.core.messageCount == 0)
    }
}
