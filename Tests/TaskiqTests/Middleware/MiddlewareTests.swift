// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

/// Writes down each hook, and throws in the one that is named.
struct Hooks: TaskiqMiddleware {
    let name: String
    let journal: Journal
    var failing: String?

    private func note(_ hook: String) throws {
        journal.note("\(hook) \(name)")
        if hook == failing { throw VisibleError() }
    }

    func preSend(_ message: inout TaskiqMessage) async throws {
        message.labels["sent by \(name)"] = .bool(true)
        try note("preSend")
    }

    func postSend(_ message: TaskiqMessage) async { journal.note("postSend \(name)") }

    func onSendError(_ error: any Error, message: TaskiqMessage) async { journal.note("onSendError \(name)") }

    func preExecute(_ message: inout TaskiqMessage, context: Context) async throws {
        #expect(context.message == message)
        message.labels["seen by \(name)"] = .bool(true)
        try note("preExecute")
    }

    func onError(
        _ error: any Error,
        message: TaskiqMessage,
        result: inout StoredResult,
        context: Context
    ) async throws {
        try note("onError")
        result.labels["error seen by \(name)"] = .bool(true)
    }

    func postExecute(_ message: TaskiqMessage, result: inout StoredResult, context: Context) async throws {
        #expect(context.message == message)
        #expect(message.labels["seen by \(name)"] == .bool(true))
        try note("postExecute")
    }

    func postSave(_ message: TaskiqMessage, result: StoredResult) async { journal.note("postSave \(name)") }

    func send(_ message: TaskiqMessage, next: NextSend) async throws {
        try note("send")
        try await next(message)
        try note("sent")
    }

    func execute(
        _ message: TaskiqMessage,
        context: Context,
        next: NextExecution
    ) async throws -> StoredResult {
        try note("execute")
        defer { journal.note("executed \(name)") }
        return try await next(message, context)
    }
}

@Suite("Middlewares", .timeLimit(.minutes(5)))
struct MiddlewareTests {
    private let journal = Journal()

    private func broker(
        failing: String? = nil,
        storesWithAcknowledgement: Bool = true,
        kickError: (any Error)? = nil
    ) -> Broker {
        let broker = Broker(
            transport: RecordingTransport(journal, kickError: kickError),
            resultBackend: RecordingBackend(journal, storesWithAcknowledgement: storesWithAcknowledgement),
            middlewares: [Hooks(name: "A", journal: journal), Hooks(name: "B", journal: journal, failing: failing)]
        )
        let journal = journal
        broker.task("ok") { () -> Int in
            journal.note("body")
            return 1
        }
        broker.task("bad") { () throws -> Int in throw TaskFailure(type: "Bad", message: "") }
        broker.register(named: "skip") { _, context in try context.skipResult() }
        return broker
    }

    @Test("sending: first in, last out")
    func sending() async throws {
        let broker = broker()
        try await broker.kiq(named: "ok")
        #expect(
            journal.entries == [
                "preSend A", "preSend B", "send A", "send B", "kick", "sent B", "sent A", "postSend B", "postSend A",
            ]
        )
        let transport = try #require(broker.transport as? RecordingTransport)
        #expect(transport.messages.first?.labels["sent by B"] == .bool(true))
        #expect(
            try JSONFormatter().loads(try #require(transport.messages.first).message).labels["sent by A"] == .bool(true)
        )
    }

    @Test("sending that fails is told to the hooks, and to the sender as an error of the broker's")
    func sendErrors() async throws {
        let error = await #expect(throws: TaskiqError.self) {
            try await broker(kickError: VisibleError()).kiq(named: "ok")
        }
        #expect(error?.code == .sendTask)
        #expect(error?.cause is VisibleError)
        #expect(error?.message == #"task "ok" could not be sent to recording://"#)
        #expect(journal.entries.suffix(3) == ["kick", "onSendError B", "onSendError A"])
        let own = await #expect(throws: TaskiqError.self) {
            try await broker(kickError: TaskiqError(.unreachable, "gone")).kiq(named: "ok")
        }
        #expect(own?.code == .unreachable)
        await #expect(throws: VisibleError.self) { try await broker(failing: "preSend").kiq(named: "ok") }
    }

    @Test("executing: the order of the hooks of a task that ends well")
    func success() async throws {
        let receipt = RecordingReceipt(journal)
        try await broker().receive(TaskiqMessage(taskID: "i", taskName: "ok"), receipt: receipt)
        #expect(
            journal.entries == [
                "preExecute A", "preExecute B", "started", "execute A", "execute B", "body", "executed B", "executed A",
                "postExecute B", "postExecute A", "completed with result", "postSave B", "postSave A",
            ]
        )
        #expect(receipt.settlements.first?.result?.labels["seen by B"] == .bool(true))
    }

    @Test("executing: the order of the hooks of a task that fails")
    func failure() async throws {
        let receipt = RecordingReceipt(journal)
        try await broker(storesWithAcknowledgement: false).receive(
            TaskiqMessage(taskID: "i", taskName: "bad"),
            receipt: receipt
        )
        #expect(
            journal.entries == [
                "preExecute A", "preExecute B", "started", "execute A", "execute B", "executed B", "executed A",
                "onError B", "onError A", "postExecute B", "postExecute A", "setResult", "completed", "postSave B",
                "postSave A",
            ]
        )
    }

    @Test("executing: a task that wants no result to be stored passes the hooks all the same, but for the last")
    func noResult() async throws {
        try await broker(storesWithAcknowledgement: false)
            .receive(TaskiqMessage(taskID: "i", taskName: "skip"), receipt: RecordingReceipt(journal))
        #expect(
            journal.entries == [
                "preExecute A", "preExecute B", "started", "execute A", "execute B", "executed B", "executed A",
                "onError B", "onError A", "postExecute B", "postExecute A", "completed",
            ]
        )
    }

    @Test(
        "a hook that throws gives the task an error result, and its message is settled once",
        arguments: [
            ("preExecute", "ok"), ("execute", "ok"), ("onError", "bad"), ("postExecute", "ok"), ("postExecute", "bad"),
        ],
        [true, false]
    )
    func failing(place: (String, TaskName), storesWithAcknowledgement: Bool) async throws {
        let (hook, task) = place
        let broker = broker(failing: hook, storesWithAcknowledgement: storesWithAcknowledgement)
        let receipt = try await broker.receive(TaskiqMessage(taskID: "i", taskName: task))
        #expect(receipt.settlements.count == 1)
        guard case .completed(let settled)? = receipt.settlements.first else {
            Issue.record("\(receipt.settlements)")
            return
        }
        let result = try #require(storesWithAcknowledgement ? settled : try await broker.resultBackend.result(for: "i"))
        #expect(result.isError)
        #expect(result.returnValue.isNull)
        #expect(result.error?.type == "VisibleError")
        #expect(journal.entries.contains("body") == (hook == "postExecute" && task == "ok"))
        #expect(journal.entries.suffix(2) == ["postSave B", "postSave A"])
    }

    /// Hands on another message than it was given.
    private struct Changing: TaskiqMiddleware {
        var label: String
        var limit: Duration?

        func execute(_ message: TaskiqMessage, context: Context, next: NextExecution) async throws -> StoredResult {
            var message = message
            message.labels[label] = true
            if let limit { message.labels[.timeout] = limit.inSeconds }
            return try await next(message, context)
        }
    }

    @Test("the context follows a message that a middleware hands on")
    func changedMessage() async throws {
        let broker = Broker(
            transport: RecordingTransport(),
            resultBackend: RecordingBackend(),
            middlewares: [Changing(label: "one"), Changing(label: "two", limit: .seconds(60)), Changing(label: "two")]
        )
        let seen = TaskiqState()
        broker.register(named: "t") { message, context in
            seen.setValue(Context.current, for: "current")
            seen.setValue(context, for: "context")
            #expect(context.message == message)
            return .null
        }
        try await broker.receive(TaskiqMessage(taskID: "i", taskName: "t"))
        for name in ["current", "context"] {
            let context = try #require(seen.value(for: name, as: Context.self))
            #expect(context.message.labels.entries.map(\.name) == ["one", "two", "timeout"], "\(name)")
            let left = try #require(context.deadline).duration(to: .now)
            #expect(left < .seconds(-1) && left > .seconds(-61))
        }
    }
}
