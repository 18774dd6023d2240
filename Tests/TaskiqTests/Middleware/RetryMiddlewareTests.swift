// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

private struct Flaky: Error {}
private class Broken: Error, @unchecked Sendable {}
private final class VeryBroken: Broken, @unchecked Sendable {}

@Suite("Retries", .timeLimit(.minutes(5)))
struct RetryMiddlewareTests {
    private let journal = Journal()

    private func broker(
        _ middlewares: any TaskiqMiddleware...,
        throwing error: any Error = Flaky(),
        kickError: (any Error)? = nil
    ) -> Broker {
        let broker = Broker(
            transport: RecordingTransport(journal, kickError: kickError),
            resultBackend: RecordingBackend(journal, storesWithAcknowledgement: true),
            middlewares: middlewares
        )
        broker.register(named: "t") { _, _ in throw error }
        broker.register(named: "skip") { _, context in try context.skipResult() }
        broker.register(named: "reject") { _, context in try context.reject() }
        return broker
    }

    private func isRetried(_ broker: Broker, _ labels: Labels, task name: TaskName = "t") async throws -> Bool {
        let receipt = try await broker.receive(TaskiqMessage(taskID: "i", taskName: name, labels: labels))
        try #require(receipt.settlements.count == 1)
        if case .requeued = receipt.settlements[0] { return true }
        return false
    }

    @Test(
        "max_retries counts all executions, and one at least",
        arguments: [(Int.min, 1), (-1, 1), (0, 1), (1, 1), (2, 2), (3, 3), (7, 7)]
    )
    func counting(maxRetries: Int, executions: Int) async throws {
        for middleware in [SimpleRetryMiddleware(), SmartRetryMiddleware()] as [any TaskiqMiddleware] {
            let seen = try await broker(middleware).runToTheEnd(
                "t",
                labels: [.retryOnError(), .maxRetries(maxRetries)]
            )
            #expect(seen.wire.count == executions)
            #expect(seen.result?.error?.type == "RetryMiddlewareTests.Flaky" || seen.result?.error?.type == "Flaky")
        }
    }

    @Test(
        "whether a task is retried is read as Python reads it",
        arguments: [
            (LabelValue.bool(true), true), (.bool(false), false), (.string("True"), true), (.any("TRUE"), true),
            (.string("yes"), false), (.string("1"), false), (.int(1), true), (.int(0), false), (.double(0.5), true),
            (.json(JSONValue.bool(true).fragment), true), (.json(JSONValue.bool(false).fragment), false),
            (.json(JSONValue.string("true").fragment), true), (.json(JSONValue.int(0).fragment), false),
            (.json(JSONValue.int(1).fragment), true), (.bytes([]), false), (.bytes([0]), true),
            (.largeInt(digits: "99999999999999999999"), true),
        ]
    )
    func enabling(value: LabelValue, wanted: Bool) async throws {
        let labels: Labels = [Labels.Entry(name: "retry_on_error", value: value)]
        for isDefault in [true, false] {
            let broker = broker(SimpleRetryMiddleware(defaultRetryLabel: isDefault))
            #expect(try await isRetried(broker, labels) == wanted)
        }
    }

    @Test("without the label, or with none in it, the middleware decides", arguments: [true, false])
    func defaults(isRetriedByDefault: Bool) async throws {
        let broker = broker(SimpleRetryMiddleware(defaultRetryLabel: isRetriedByDefault))
        #expect(try await isRetried(broker, []) == isRetriedByDefault)
        let none: Labels = [Labels.Entry(name: "retry_on_error", value: .json(.null))]
        #expect(try await isRetried(broker, none) == isRetriedByDefault)
    }

    @Test(
        "counts that came from outside and are absurd neither trap nor go on for ever",
        arguments: [
            (Int.max, Int.max, false), (.max - 1, .max, false), (.min, 3, true), (2, .max, true), (.max, 3, false),
        ]
    )
    func absurdCounts(retries: Int, maxRetries: Int, wanted: Bool) async throws {
        let labels: Labels = [.retryOnError(), .maxRetries(maxRetries), .label(.retries, retries)]
        #expect(try await isRetried(broker(SimpleRetryMiddleware()), labels) == wanted)
        #expect(try await isRetried(broker(SmartRetryMiddleware(useDelayExponent: true)), labels) == wanted)
    }

    @Test("a task that leaves by another door, or that is cancelled, is not retried")
    func otherDoors() async throws {
        let retrying: Labels = [.retryOnError()]
        #expect(try await !isRetried(broker(SimpleRetryMiddleware()), retrying, task: "skip"))
        #expect(try await !isRetried(broker(SimpleRetryMiddleware()), retrying, task: "reject"))
        #expect(try await !isRetried(broker(SimpleRetryMiddleware(), throwing: CancellationError()), retrying))
        #expect(try await !isRetried(broker(SimpleRetryMiddleware(noResultOnRetry: false)), retrying, task: "skip"))
        #expect(!journal.entries.contains("kick"))
        let receipt = try await broker(SimpleRetryMiddleware())
            .receive(TaskiqMessage(taskID: "i", taskName: "t", labels: retrying), abandoning: true)
        guard case .released? = receipt.settlements.first, receipt.settlements.count == 1 else {
            Issue.record("\(receipt.settlements)")
            return
        }
    }

    @Test("which errors a task is retried for")
    func conditions() async throws {
        let retrying: Labels = [.retryOnError()]
        func isRetried(_ condition: RetryCondition, _ error: any Error) async throws -> Bool {
            try await self.isRetried(broker(SimpleRetryMiddleware(retryOn: condition), throwing: error), retrying)
        }
        #expect(try await isRetried(.anyError, Flaky()))
        #expect(try await isRetried(.errors(Flaky.self), Flaky()))
        #expect(try await !isRetried(.errors(Flaky.self), Broken()))
        #expect(try await isRetried(.errors(Flaky.self, Broken.self), VeryBroken()))
        #expect(try await !isRetried(.errors(VeryBroken.self), Broken()))
        #expect(try await !isRetried(.errors(), Flaky()))
        #expect(try await isRetried(.errors(CancellationError.self), CancellationError()))
        #expect(try await !isRetried(.anyError(except: Broken.self), VeryBroken()))
        #expect(try await isRetried(.anyError(except: Broken.self), Flaky()))
        #expect(try await !isRetried(.anyError(except: Broken.self), CancellationError()))
        let timedOut = RetryCondition { ($0 as? TaskiqError)?.code == .taskTimeout }
        #expect(try await isRetried(timedOut, TaskiqError(.taskTimeout, "")))
        #expect(try await !isRetried(timedOut, TaskiqError(.conflict, "")))
    }

    @Test("a task's own condition goes before the middleware's, and does not travel")
    func conditionOfATask() async throws {
        let broker = broker(SmartRetryMiddleware(retryOn: .errors(Broken.self)))
        let own = broker.task("own", labels: [.retryOnError()]) { () throws -> Int in throw Flaky() }
        #expect(try await !isRetried(broker, [.retryOnError()], task: "own"))
        own.retrying(on: .errors(Flaky.self))
        #expect(try await isRetried(broker, [.retryOnError()], task: "own"))
        #expect(try await !isRetried(broker, [.retryOnError()]))
        try await own.kiq()
        let transport = try #require(broker.transport as? RecordingTransport)
        #expect(transport.messages.last?.labels == [.retryOnError()])
    }

    @Test("the task sees how often it was retried, and hooks see that it will be")
    func visible() async throws {
        let broker = Broker(
            transport: RecordingTransport(),
            resultBackend: RecordingBackend(storesWithAcknowledgement: true),
            middlewares: [OutcomeRecorder(journal: journal), SimpleRetryMiddleware()]
        )
        let journal = journal
        broker.register(named: "t") { _, context in
            journal.note("\(context.retries)")
            throw Flaky()
        }
        _ = try await broker.runToTheEnd("t", labels: [.retryOnError()])
        #expect(journal.entries == ["0", "retried", "1", "retried", "2", "failed"])
    }

    @Test("with a result for each attempt, the retry is sent before the delivery is settled")
    func resultOnRetry() async throws {
        let broker = broker(SmartRetryMiddleware(noResultOnRetry: false, defaultDelay: .seconds(7)))
        let labels: Labels = [.retryOnError(), .delay(.seconds(3))]
        try await broker.receive(
            TaskiqMessage(taskID: "i", taskName: "t", labels: labels, args: [JSONValue.int(1).fragment]),
            receipt: RecordingReceipt(journal)
        )
        #expect(journal.entries == ["started", "kick", "completed with error"])
        let transport = try #require(broker.transport as? RecordingTransport)
        let message = try #require(transport.messages.first)
        #expect(message.taskID == "i")
        #expect(message.delay == .seconds(3))
        #expect(message.labels[.retries] == 1)
        #expect(try broker.formatter.loads(message.message).args.map(\.text) == ["1"])
    }

    @Test("a retry that cannot be sent is put back, not lost")
    func resultOnRetryThatFails() async throws {
        let broker = broker(SimpleRetryMiddleware(noResultOnRetry: false), kickError: Flaky())
        #expect(try await isRetried(broker, [.retryOnError()]))
    }
}

/// Writes down how tasks ended.
struct OutcomeRecorder: TaskiqMiddleware {
    let journal: Journal

    func postExecute(_ message: TaskiqMessage, result: inout StoredResult, context: Context) async throws {
        journal.note(context.outcome?.description ?? "none")
    }
}
