// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

struct DeadLetterOperationsTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1, tasks: ["add", "other"])

    init() throws {
        hub = try HubBench()
        try hub.join(&client)
        try hub.join(&worker, credit: 100)
    }

    /// Sends a task, and has its worker reject it.
    private mutating func bury(_ submissions: Submission...) throws {
        for submission in submissions {
            try hub.say(.submit(submission), by: client)
            try hub.settle()
            let delivery = hub.takeDeliveries(worker).first
            try hub.say(.started([try #require(delivery).lease]), by: worker)
            try hub.end(delivery, .reject, by: worker)
            try hub.settle()
        }
        _ = (hub.take(client), hub.take(worker))
    }

    private mutating func list(
        _ say: (inout OperationParameters) -> Void = { _ in }
    ) throws -> OperationPage<DeadLetterReport> {
        try hub.call(.listDeadLetters, by: client, say).read()
    }

    @Test("dead letters are listed, the newest first, and can be chosen by task and queue")
    mutating func listing() throws {
        try bury(submission(1), submission(2, task: "other"), submission(3))
        let letters = try list().items
        #expect(letters.map(\.taskID) == ["task-3", "task-2", "task-1"])
        #expect(letters.first?.reason == "rejected" && letters.first?.attempts == 1 && letters.first?.bytes == 6)
        #expect(try list { $0.taskName = "other" }.items.map(\.taskID) == ["task-2"])
        #expect(try list { $0.queue = "mail" }.items.isEmpty)
        var seen: [String] = []
        var after: String?
        repeat {
            let page = try list {
                $0.limit = 2
                $0.after = after
            }
            seen += page.items.map(\.taskID)
            after = page.next
        } while after != nil
        #expect(seen == ["task-3", "task-2", "task-1"])
    }

    @Test("one is shown with its message, if that is JSON")
    mutating func showing() throws {
        var plain = submission(1)
        plain.body = Array(#"{"args":[1]}"#.utf8)
        try bury(plain, submission(2))
        let first = try hub.call(.showDeadLetter, by: client) { $0.taskIDs = ["task-1"] }
        #expect(try first.read(DeadLetterReport.self).message?.text == #"{"args":[1]}"#)
        let second = try hub.call(.showDeadLetter, by: client) { $0.taskIDs = ["task-2"] }
        #expect(try second.read(DeadLetterReport.self).message == nil)
        #expect(try hub.call(.showDeadLetter, by: client) { $0.taskIDs = ["task-3"] }.status == .notFound)
    }

    @Test(
        "one is put back as a new message of the same task, in one step",
        arguments: [
            HubOperation.retryTask, .retryDeadLetters,
        ]
    )
    mutating func retry(operation: HubOperation) throws {
        try bury(submission(1))
        try hub.begin(operation, by: client) { $0.taskIDs = ["task-1"] }
        // The store says what it has; then one group changes it.
        try hub.settle()
        #expect(hub.takeAnswers(client).last?.outcome?.count == 1)
        #expect(try list().items.isEmpty)
        let delivery = try #require(hub.takeDeliveries(worker).first)
        #expect(delivery.lease.attempt == 1 && delivery.lease.sequence > 1 && !delivery.isRedelivered)
        #expect(delivery.body == submission(1).body)
        // Who asks waits for the new run, and is not told of the old death.
        try hub.say(.resultWait(taskIDs: ["task-1"]), by: client)
        try hub.settle()
        #expect(hub.take(client) == [.result(taskID: "task-1", status: .pending, body: [])])
        // Said again, as if the answer had been lost.
        #expect(try hub.call(operation, by: client) { $0.taskIDs = ["task-1"] }.outcome?.outcome == .unchanged)
        try hub.end(delivery, .noResult, by: worker)
        try hub.settle()
        #expect(try hub.call(operation, by: client) { $0.taskIDs = ["task-1"] }.status == .notFound)
        try hub.restart()
        #expect(hub.core.messageCount == 0)
    }

    @Test("a crash between the questions and the group leaves the letter, a crash after it the message")
    mutating func retryAndCrash() throws {
        try bury(submission(1))
        try hub.begin(.retryDeadLetters, by: client) { $0.taskIDs = ["task-1"] }
        try hub.restart()
        #expect(hub.store.deadLetters.count == 1 && hub.core.messageCount == 0)
        try hub.join(&client)
        _ = try hub.call(.retryDeadLetters, by: client) { $0.taskIDs = ["task-1"] }
        try hub.restart()
        #expect(hub.store.deadLetters.isEmpty && hub.core.messageCount == 1)
    }

    @Test("two who put the same one back at the same time make one message of it")
    mutating func retryTwice() throws {
        try bury(submission(1))
        for _ in 0..<2 { try hub.begin(.retryDeadLetters, by: client) { $0.taskIDs = ["task-1"] } }
        try hub.settle()
        #expect(hub.takeAnswers(client).map(\.outcome?.count) == [1, 0])
        #expect(hub.takeDeliveries(worker).count == 1)
    }

    @Test("all that fit are put back, or dropped", arguments: [HubOperation.retryDeadLetters, .dropDeadLetters])
    mutating func many(operation: HubOperation) throws {
        try bury(submission(1), submission(2, task: "other"), submission(3))
        #expect(try hub.call(operation, by: client).status == .invalid)
        #expect(try hub.call(operation, by: client) { $0.taskName = "other" }.outcome?.count == 1)
        #expect(try list().items.map(\.taskID) == ["task-3", "task-1"])
        let part = try hub.call(operation, by: client) {
            $0.all = true
            $0.limit = 1
        }
        #expect(part.outcome?.count == 1)
        let rest = try hub.call(operation, by: client) {
            $0.all = true
            $0.after = part.outcome?.until
        }
        #expect(rest.outcome?.count == 1 && rest.outcome?.until == nil)
        #expect(try list().items.isEmpty)
        #expect(hub.takeDeliveries(worker).count == (operation == .retryDeadLetters ? 3 : 0))
    }

    @Test("one that is dropped is gone, its result is not")
    mutating func drop() throws {
        try bury(submission(1))
        #expect(try hub.call(.dropDeadLetters, by: client) { $0.taskIDs = ["task-1"] }.outcome?.count == 1)
        #expect(try hub.call(.dropDeadLetters, by: client) { $0.taskIDs = ["task-1"] }.status == .notFound)
        let report = try hub.call(.showTask, by: client) { $0.taskIDs = ["task-1"] }
        #expect(try report.read(TaskReport.self).state == .failed)
    }

    @Test("a hub that is full, or is stopping, takes none back")
    mutating func full() throws {
        try bury(submission(1))
        try hub.tell(.drain)
        #expect(try hub.call(.retryDeadLetters, by: client) { $0.taskIDs = ["task-1"] }.status == .conflict)
    }

    @Test("results are listed, the newest first, small ones with their values")
    mutating func results() throws {
        for number in 1...3 {
            try hub.say(.submit(submission(UInt8(number))), by: client)
            try hub.settle()
            let fragment = try JSONFragment(encoding: number)
            let result = StoredResult(returnValue: fragment, executionTime: .zero)
            let delivery = hub.takeDeliveries(worker).first
            try hub.end(delivery, .ok, String(decoding: result.json(), as: UTF8.self), by: worker)
            try hub.settle()
        }
        _ = hub.take(client)
        let first = try hub.call(.listResults, by: client) { $0.limit = 2 }.read(OperationPage<ResultReport>.self)
        #expect(first.items.map(\.value?.text) == ["3", "2"])
        let rest = try hub.call(.listResults, by: client) {
            $0.limit = 2
            $0.after = first.next
        }
        #expect(try rest.read(OperationPage<ResultReport>.self).items.map(\.taskID) == ["task-1"])
    }

    @Test("a dead letter is not put back while another message with its unique key waits or runs")
    mutating func uniqueKey() throws {
        var first = submission(1)
        first.uniqueKey = "report"
        var second = submission(2)
        second.uniqueKey = "report"
        try bury(first)
        try hub.say(.submit(second), by: client)
        try hub.settle()
        let delivery = hub.takeDeliveries(worker).first
        let refused = try hub.call(.retryDeadLetters, by: client) { $0.taskIDs = ["task-1"] }
        #expect(refused.status == .conflict && refused.message.contains("task-2"), "\(refused.message)")
        let none = try hub.call(.retryDeadLetters, by: client) { $0.all = true }
        #expect(none.outcome?.count == 0, "\(none.status) \(none.message)")
        try hub.end(delivery, .ok, "1", by: worker)
        try hub.settle()
        let put = try hub.call(.retryDeadLetters, by: client) { $0.taskIDs = ["task-1"] }
        #expect(put.outcome?.count == 1)
    }
}
