// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

/// What a hook may ask for in place of the task.
enum Wish: String, CaseIterable {
    case requeue, retry, reject, skipResult, fail

    func ask(_ context: Context) throws {
        switch self {
        case .requeue: try context.requeue(after: .seconds(5))
        case .retry: try context.retry(after: .seconds(6))
        case .reject: try context.reject("no")
        case .skipResult: try context.skipResult()
        case .fail: throw VisibleError()
        }
    }
}

/// Asks for something in one hook.
private struct Asking: TaskiqMiddleware {
    let hook: String
    let wish: Wish

    private func ask(in hook: String, _ context: Context) throws {
        if hook == self.hook { try wish.ask(context) }
    }

    func preExecute(_ message: inout TaskiqMessage, context: Context) async throws {
        try ask(in: "preExecute", context)
    }

    func onError(_ error: any Error, message: TaskiqMessage, result: inout StoredResult, context: Context) async throws
    {
        try ask(in: "onError", context)
    }

    func postExecute(_ message: TaskiqMessage, result: inout StoredResult, context: Context) async throws {
        try ask(in: "postExecute", context)
    }

    func execute(
        _ message: TaskiqMessage,
        context: Context,
        next: NextExecution
    ) async throws -> StoredResult {
        try ask(in: "execute", context)
        let result = try await next(message, context)
        try ask(in: "executed", context)
        return result
    }
}

/// A middleware made of two closures.
private struct Around: TaskiqMiddleware {
    var sending: @Sendable (TaskiqMessage, NextSend) async throws -> Void = { message, next in
        try await next(message)
    }
    var executing: @Sendable (TaskiqMessage, Context, NextExecution) async throws -> StoredResult = {
        message,
        context,
        next in
        try await next(message, context)
    }

    func send(_ message: TaskiqMessage, next: NextSend) async throws {
        try await sending(message, next)
    }

    func execute(_ message: TaskiqMessage, context: Context, next: NextExecution) async throws -> StoredResult {
        try await executing(message, context, next)
    }
}

@Suite("What middlewares may do, and cannot do harm with", .timeLimit(.minutes(5)))
struct MiddlewareContainmentTests {
    private let journal = Journal()

    private func broker(
        _ middlewares: [any TaskiqMiddleware],
        storesWithAcknowledgement: Bool = true,
        kickError: (any Error)? = nil
    ) -> Broker {
        let broker = Broker(
            transport: RecordingTransport(journal, kickError: kickError),
            resultBackend: RecordingBackend(journal, storesWithAcknowledgement: storesWithAcknowledgement),
            middlewares: middlewares
        )
        let journal = journal
        broker.register(named: "ok") { message, _ in
            journal.note("body")
            return JSONFragment(string: message.labels["note"]?.text ?? "")
        }
        broker.register(named: "bad") { _, _ in throw TaskFailure(type: "Bad", message: "") }
        return broker
    }

    private func message(_ name: TaskName) -> TaskiqMessage { TaskiqMessage(taskID: "i", taskName: name) }

    // MARK: The worker's side

    @Test(
        "a hook gets what it asks for, wherever it stands, and the message is settled once",
        arguments: [
            ("preExecute", "ok"), ("execute", "ok"), ("executed", "ok"), ("onError", "bad"), ("postExecute", "ok"),
            ("postExecute", "bad"),
        ] as [(String, TaskName)],
        Wish.allCases
    )
    func wishes(place: (String, TaskName), wish: Wish) async throws {
        let (hook, task) = place
        let asking = Asking(hook: hook, wish: wish)
        let quiet = Asking(hook: "", wish: .fail)
        for middlewares in [[asking, quiet], [quiet, asking]] {
            for storesWithAcknowledgement in [true, false] {
                let broker = broker(middlewares, storesWithAcknowledgement: storesWithAcknowledgement)
                let receipt = try await broker.receive(message(task))
                try #require(receipt.settlements.count == 1)
                let stored = try await broker.resultBackend.result(for: "i")
                switch (wish, receipt.settlements[0]) {
                case (.requeue, .requeued(let again, .seconds(5))):
                    #expect(try broker.formatter.loads(again.message).labels == [.label(.requeueCount, 1)])
                    #expect(stored == nil)
                case (.retry, .requeued(let again, .seconds(6))):
                    #expect(try broker.formatter.loads(again.message) == message(task))
                    #expect(stored == nil)
                case (.reject, .rejected("no", let result)):
                    #expect((storesWithAcknowledgement ? result : stored)?.isError == true || task == "ok")
                    #expect((storesWithAcknowledgement ? result : stored) != nil)
                case (.skipResult, .completed(nil)): #expect(stored == nil)
                case (.fail, .completed(let result)):
                    #expect((storesWithAcknowledgement ? result : stored)?.error?.type == "VisibleError")
                default: Issue.record("\(wish): \(receipt.settlements[0])")
                }
            }
        }
    }

    @Test("of two hooks that ask for something, the first that is asked gets it")
    func firstWish() async throws {
        // Hooks after the task run from the last middleware to the first.
        for (hook, task) in [("onError", "bad"), ("postExecute", "ok")] as [(String, TaskName)] {
            let receipt = try await broker([Asking(hook: hook, wish: .requeue), Asking(hook: hook, wish: .reject)])
                .receive(message(task))
            guard case .rejected? = receipt.settlements.first, receipt.settlements.count == 1 else {
                Issue.record("\(receipt.settlements)")
                return
            }
        }
    }

    @Test(
        "a hook that throws keeps no other from running",
        arguments: [
            (
                "preExecute", "A", "ok",
                ["preExecute A", "completed with error", "postSave B", "postSave A"]
            ),
            (
                "preExecute", "B", "ok",
                ["preExecute A", "preExecute B", "completed with error", "postSave B", "postSave A"]
            ),
            (
                "execute", "A", "ok",
                [
                    "preExecute A", "preExecute B", "started", "execute A", "onError B", "onError A", "postExecute B",
                    "postExecute A", "completed with error", "postSave B", "postSave A",
                ]
            ),
            (
                "onError", "B", "bad",
                [
                    "preExecute A", "preExecute B", "started", "execute A", "execute B", "executed B", "executed A",
                    "onError B", "onError A", "postExecute B", "postExecute A", "completed with error", "postSave B",
                    "postSave A",
                ]
            ),
            (
                "postExecute", "B", "ok",
                [
                    "preExecute A", "preExecute B", "started", "execute A", "execute B", "body", "executed B",
                    "executed A", "postExecute B", "postExecute A", "completed with error", "postSave B", "postSave A",
                ]
            ),
        ] as [(String, String, TaskName, [String])]
    )
    func order(hook: String, middleware: String, task: TaskName, wanted: [String]) async throws {
        let hooks = ["A", "B"].map { Hooks(name: $0, journal: journal, failing: $0 == middleware ? hook : nil) }
        try await broker(hooks).receive(message(task), receipt: RecordingReceipt(journal))
        #expect(journal.entries == wanted)
    }

    @Test("execution may be answered without the task, done twice, saved from an error, or given another message")
    func execute() async throws {
        func value(_ task: TaskName, _ around: Around) async throws -> String? {
            let receipt = try await broker([Hooks(name: "A", journal: journal), around]).receive(message(task))
            return receipt.settlements.first?.result?.returnValue.text
        }
        let instead = StoredResult(returnValue: JSONValue.int(7).fragment, executionTime: .zero)
        #expect(try await value("ok", Around(executing: { _, _, _ in instead })) == "7")
        #expect(!journal.entries.contains("body"))
        let saved = Around(executing: { message, context, next in
            do { return try await next(message, context) } catch { return instead }
        })
        #expect(try await value("bad", saved) == "7")
        #expect(!journal.entries.contains("onError A"))
        let twice = Around(executing: { message, context, next in
            _ = try await next(message, context)
            return try await next(message, context)
        })
        _ = try await value("ok", twice)
        #expect(journal.entries.filter { $0 == "body" }.count == 2)
        let other = Around(executing: { message, context, next in
            var message = message
            message.labels["note"] = "changed"
            return try await next(message, context)
        })
        #expect(try await value("ok", other) == #""changed""#)
    }

    // MARK: The sender's side

    @Test(
        "a hook that keeps a message from being sent is told to those that have run, and the sender sees its error",
        arguments: [
            ("preSend", "A", ["preSend A"]), ("preSend", "B", ["preSend A", "preSend B", "onSendError A"]),
            ("send", "A", ["preSend A", "preSend B", "send A", "onSendError B", "onSendError A"]),
            ("send", "B", ["preSend A", "preSend B", "send A", "send B", "onSendError B", "onSendError A"]),
            // It is with the broker, yet somebody says that it was not sent: the sender is told, and may ask again.
            (
                "sent", "B",
                ["preSend A", "preSend B", "send A", "send B", "kick", "sent B", "onSendError B", "onSendError A"]
            ),
        ]
    )
    func sending(hook: String, middleware: String, wanted: [String]) async throws {
        let hooks = ["A", "B"].map { Hooks(name: $0, journal: journal, failing: $0 == middleware ? hook : nil) }
        do {
            try await broker(hooks).kiq(named: "ok")
            Issue.record("it was sent")
        } catch {
            #expect(error is VisibleError || (error as? TaskiqError)?.cause is VisibleError)
        }
        #expect(journal.entries == wanted)
    }

    @Test("sending may be left out, done twice, saved from an error, or given another message")
    func send() async throws {
        try await broker([Hooks(name: "A", journal: journal), Around(sending: { _, _ in })]).kiq(named: "ok")
        #expect(journal.entries == ["preSend A", "send A", "sent A", "postSend A"])
        let twice = Around(sending: { message, next in
            try await next(message)
            var message = message
            message.labels["note"] = "second"
            try await next(message)
        })
        let sender = broker([twice])
        try await sender.kiq(named: "ok")
        let transport = try #require(sender.transport as? RecordingTransport)
        #expect(transport.messages.map(\.labels) == [[], [.label("note", "second")]])
        let saving = Around(sending: { message, next in try? await next(message) })
        try await broker([saving], kickError: VisibleError()).kiq(named: "ok")
    }
}
