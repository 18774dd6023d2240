// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Receiver", .timeLimit(.minutes(5)))
struct ReceiverTests {
    private let journal = Journal()
    private let broker: Broker

    init() {
        broker = Self.broker(journal, RecordingBackend(journal, storesWithAcknowledgement: true))
    }

    private static func broker(_ journal: Journal, _ backend: any ResultBackend) -> Broker {
        let broker = Broker(transport: RecordingTransport(journal), resultBackend: backend)
        broker.task("ok") { () -> Int in
            journal.note("body")
            return 1
        }
        broker.register(named: "requeue") { _, context in
            try context.requeue(after: .seconds(5), labels: [.label("x", 1)])
        }
        broker.register(named: "reject") { _, context in try context.reject("no") }
        broker.register(named: "skip") { _, context in try context.skipResult() }
        broker.register(named: "acknowledge") { _, context in
            try await context.acknowledge()
            return .null
        }
        broker.task("endless") { () async throws -> Int in
            try await untilCancelled()
            return 1
        }
        broker.task("stubborn") { () async -> Int in
            try? await untilCancelled()
            return 2
        }
        broker.register(named: "deadline") { _, context in
            JSONFragment(string: context.deadline == nil ? "none" : "some")
        }
        return broker
    }

    private func message(_ name: TaskName, _ labels: Labels = []) -> TaskiqMessage {
        TaskiqMessage(taskID: "i", taskName: name, labels: labels)
    }

    @Test("an unknown task is rejected with a reason and an error result")
    func unknown() async throws {
        let receipt = try await broker.receive(message("nobody"))
        guard case .rejected(let reason, let result)? = receipt.settlements.first else {
            Issue.record("\(receipt.settlements)")
            return
        }
        #expect(reason == #"this worker knows no task "nobody""#)
        #expect(result?.error?.type == "UnknownTaskError")
        #expect(receipt.settlements.count == 1)
        #expect(journal.entries.isEmpty)
    }

    @Test("a message that cannot be read is rejected with the reason", arguments: ["", "{", "[]", #"{"task_id":"x"}"#])
    func unreadable(text: String) async {
        let receipt = await broker.receive(Array(text.utf8))
        guard case .rejected(let reason, nil)? = receipt.settlements.first else {
            Issue.record("\(receipt.settlements)")
            return
        }
        #expect(reason.hasPrefix("unreadable message: "))
        #expect(reason.count > 25)
    }

    @Test(
        "when a message is acknowledged",
        arguments: [
            (AcknowledgeType.whenReceived, ["acknowledge", "started", "body", "completed with result"]),
            (.whenExecuted, ["started", "body", "acknowledge", "completed with result"]),
            (.whenSaved, ["started", "body", "completed with result"]),
            (.manual, ["started", "body", "held with result"]),
        ]
    )
    func acknowledgement(type: AcknowledgeType, wanted: [String]) async throws {
        try await broker.receive(message("ok"), as: type, receipt: RecordingReceipt(journal))
        #expect(journal.entries == wanted)
        // The label of the message goes before the worker's own choice.
        let other = Journal()
        let labelled = Self.broker(other, RecordingBackend(other, storesWithAcknowledgement: true))
        let opposite: AcknowledgeType = type == .whenReceived ? .whenSaved : .whenReceived
        try await labelled.receive(message("ok", [.acknowledge(type)]), as: opposite, receipt: RecordingReceipt(other))
        #expect(other.entries == wanted)
    }

    @Test("the result is stored before the message is settled, by backends that store it themselves")
    func ownBackend() async throws {
        let broker = Self.broker(journal, RecordingBackend(journal))
        try await broker.receive(message("ok"), as: .whenExecuted, receipt: RecordingReceipt(journal))
        #expect(journal.entries == ["started", "body", "acknowledge", "setResult", "completed"])
    }

    @Test("a backend that fails does not bring the message back")
    func failingBackend() async throws {
        let broker = Self.broker(journal, RecordingBackend(journal, error: TaskiqError(.unreachable, "gone")))
        try await broker.receive(message("ok"), receipt: RecordingReceipt(journal))
        try await broker.receive(message("reject"), receipt: RecordingReceipt(journal))
        #expect(journal.entries == ["started", "body", "setResult", "completed", "started", "setResult", "rejected"])
    }

    @Test("a task acknowledges by itself")
    func manual() async throws {
        try await broker.receive(message("acknowledge"), as: .manual, receipt: RecordingReceipt(journal))
        #expect(journal.entries == ["started", "acknowledge", "completed with result"])
    }

    @Test("an acknowledgement type that does not exist is an error result that names those that do")
    func unknownType() async throws {
        let receipt = try await broker.receive(message("ok", [.label("ack_type", "never")]))
        #expect(
            receipt.settlements.first?.result?.error?.message
                == #"label "ack_type": "never" is none of when_received, when_executed, when_saved, manual"#
        )
        #expect(journal.entries.isEmpty)
    }

    @Test(
        "an acknowledgement that fails before the task keeps it from running; one that fails after it changes nothing"
    )
    func failingAcknowledgement() async throws {
        let error = TaskiqError(.conflict, "somebody else has it")
        let before = try await broker.receive(
            message("ok"),
            as: .whenReceived,
            receipt: RecordingReceipt(acknowledgementError: error)
        )
        #expect(before.settlements.count == 1)
        guard case .released? = before.settlements.first else {
            Issue.record("\(before.settlements)")
            return
        }
        #expect(journal.entries.isEmpty)
        let after = try await broker.receive(
            message("ok"),
            as: .whenExecuted,
            receipt: RecordingReceipt(acknowledgementError: error)
        )
        #expect(after.settlements.first?.result?.returnValue.text == "1")
        #expect(after.settlements.count == 1)
    }

    @Test("a task may put its message back, refuse it, or ask for no result")
    func otherDoors() async throws {
        let requeued = try await broker.receive(message("requeue", [.delay(.seconds(1))]))
        guard case .requeued(let again, let delay)? = requeued.settlements.first else {
            Issue.record("\(requeued.settlements)")
            return
        }
        #expect(delay == .seconds(5))
        #expect(again.taskID == "i")
        #expect(try broker.formatter.loads(again.message).labels == [.label("x", 1), .label(.requeueCount, 1)])
        let rejected = try await broker.receive(message("reject"))
        guard case .rejected("no", let result)? = rejected.settlements.first else {
            Issue.record("\(rejected.settlements)")
            return
        }
        #expect(result?.error?.type == "TaskRejectedError")
        for type in AcknowledgeType.allCases {
            let skipped = try await broker.receive(message("skip"), as: type)
            switch (type, skipped.settlements.first) {
            case (.manual, .unacknowledged(nil)), (.whenReceived, .completed(nil)), (.whenExecuted, .completed(nil)),
                (.whenSaved, .completed(nil)):
                #expect(skipped.settlements.count == 1)
            default: Issue.record("\(type): \(skipped.settlements)")
            }
        }
    }

    @Test("a retry keeps its id and labels, without the delay that was waited for, and is not counted as a requeue")
    func retry() async throws {
        broker.register(named: "retry") { _, context in
            try context.retry(after: .seconds(3), labels: [.label("_retries", 1)])
        }
        let receipt = try await broker.receive(message("retry", [.delay(.seconds(1)), .label("keep", 2.5)]))
        guard case .requeued(let again, .seconds(3))? = receipt.settlements.first else {
            Issue.record("\(receipt.settlements)")
            return
        }
        #expect(again.taskID == "i")
        #expect(try broker.formatter.loads(again.message).labels == [.label("keep", 2.5), .label("_retries", 1)])
    }

    @Test("a result that could not be stored is not announced as saved")
    func unsaved() async throws {
        struct Saved: TaskiqMiddleware {
            let journal: Journal
            func postSave(_ message: TaskiqMessage, result: StoredResult) async { journal.note("saved") }
        }
        for (error, wanted) in [(nil, ["saved"]), (TaskiqError(.unreachable, "gone"), [])] as [(TaskiqError?, [String])]
        {
            let journal = Journal()
            let broker = Broker(
                transport: RecordingTransport(),
                resultBackend: RecordingBackend(error: error),
                middlewares: [Saved(journal: journal)]
            )
            broker.task("ok") { () in 1 }
            try await broker.receive(message("ok"))
            #expect(journal.entries == wanted)
        }
    }

    @Test("the count of requeues stays what it is at the end of its range")
    func requeueCount() async throws {
        let receipt = try await broker.receive(message("requeue", [.label(.requeueCount, .max)]))
        guard case .requeued(let again, _)? = receipt.settlements.first else {
            Issue.record("\(receipt.settlements)")
            return
        }
        #expect(again.labels[.requeueCount] == .max)
    }

    @Test("a task that takes too long is cancelled and gets an error result")
    func timeout() async throws {
        let receipt = try await broker.receive(message("endless", [.timeout(.milliseconds(1))]))
        let error = receipt.settlements.first?.result?.error
        #expect(error?.message == "the task took longer than its limit of 0.001 s")
        let quick = try await broker.receive(message("ok", [.timeout(.seconds(3600))]))
        #expect(quick.settlements.first?.result?.returnValue.text == "1")
        let limited = try await broker.receive(message("deadline", [.timeout(.seconds(3600))]))
        #expect(limited.settlements.first?.result?.returnValue.text == #""some""#)
    }

    @Test(
        "a time limit that is no time is none, and traps nowhere",
        arguments: [Double.nan, .infinity, -.infinity, 1e300, -1, 0]
    )
    func absurdTimeouts(seconds: Double) async throws {
        let receipt = try await broker.receive(message("deadline", [.label("timeout", seconds)]))
        #expect(receipt.settlements.first?.result?.returnValue.text == #""none""#)
    }

    @Test("a task that a stopping worker gave up is released, and gets no result")
    func abandoned() async throws {
        let broker = broker
        let task = Task { try await broker.receive(message("endless"), abandoning: true) }
        task.cancel()
        let receipt = try await task.value
        guard case .released? = receipt.settlements.first, receipt.settlements.count == 1 else {
            Issue.record("\(receipt.settlements)")
            return
        }
        // One that ends well in spite of it keeps its result, with a time limit as without.
        for labels in [[], [.timeout(.seconds(3600))]] as [Labels] {
            let stubborn = Task { try await broker.receive(message("stubborn", labels), abandoning: true) }
            stubborn.cancel()
            #expect(try await stubborn.value.settlements.first?.result?.returnValue.text == "2")
        }
        let ended = try await broker.receive(message("ok"), abandoning: true)
        #expect(ended.settlements.first?.result?.returnValue.text == "1")
    }
}
