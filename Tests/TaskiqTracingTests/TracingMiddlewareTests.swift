// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import InMemoryTracing
import Synchronization
import Taskiq
import TaskiqTracing
import Testing
import Tracing

private struct Boom: Error, CustomStringConvertible {
    var description: String { "boom" }
}

/// Keeps what is sent, or refuses it.
private final class Outbox: BrokerTransport {
    let address = "outbox://"
    let isRefusing: Bool
    private let sent = Mutex<[BrokerMessage]>([])

    init(isRefusing: Bool = false) { self.isRefusing = isRefusing }

    var messages: [BrokerMessage] { sent.withLock { $0 } }

    func startup() async throws {}

    func kick(_ message: BrokerMessage) async throws {
        if isRefusing { throw Boom() }
        sent.withLock { $0.append(message) }
    }

    func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel { DeliveryChannel() }
    func stopListening() async {}
    func shutdown() async {}
}

@Suite("Tracing", .timeLimit(.minutes(5)))
struct TracingMiddlewareTests {
    private let tracer = W3CTracer()

    private struct Golden: Decodable {
        struct SpanDescription: Decodable {
            var name: String
            var kind: String
            var attributes: [String: String]
        }

        var otel_wire_message_example: [String]
        var otel_spans: [SpanDescription]
    }

    private func golden() throws -> Golden {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/golden/middlewares.json")
        return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }

    private func broker(_ others: any TaskiqMiddleware...) -> Broker {
        let broker = Broker.inMemory(middlewares: [TracingMiddleware(tracer: tracer)] + others)
        broker.task("ok") { () -> String in InstrumentationContext.current?.inMemorySpanContext?.spanID ?? "none" }
        broker.task("bad") { () throws -> Int in throw Boom() }
        broker.register(named: "skip") { _, context in try context.skipResult() }
        broker.register(named: "golden.tasks:add") { _, _ in .null }
        return broker
    }

    private func span(_ name: String) throws -> FinishedInMemorySpan {
        let spans = tracer.spans.finishedSpans.filter { $0.operationName == name }
        try #require(spans.count == 1, "\(tracer.spans.finishedSpans.map(\.operationName))")
        return spans[0]
    }

    private func text(_ span: FinishedInMemorySpan, _ name: String) -> String? {
        guard let value = span.attributes[name]?.toSpanAttribute() else { return nil }
        switch value {
        case .string(let text): return text
        case .int64(let number): return "int \(number)"
        case .double(let number): return "double \(number)"
        case .bool(let value): return "bool \(value)"
        default: return "\(value)"
        }
    }

    @Test("the span of the execution is a child of the span of the sending, and current while the task runs")
    func family() async throws {
        let broker = broker()
        try await broker.startup()
        let inside = try await tracer.withSpan("request") { span in
            try await broker.kiq(named: "ok", taskID: "i").value()
        }
        await broker.shutdown()
        let (request, send, execute) = (try span("request"), try span("send/ok"), try span("execute/ok"))
        #expect(send.parentSpanID == request.spanID)
        #expect(execute.parentSpanID == send.spanID)
        #expect(Set([request.traceID, send.traceID, execute.traceID]).count == 1)
        #expect(inside == .string(execute.spanID))
        #expect(send.kind == .producer)
        #expect(execute.kind == .consumer)
        for span in [send, execute] {
            #expect(text(span, "messaging.message.id") == "i")
            #expect(text(span, "messaging.system") == "taskiq")
            #expect(span.errors.isEmpty)
            #expect(span.status == nil)
        }
        #expect(text(execute, "taskiq.outcome") == "succeeded")
        #expect(text(execute, "taskiq.attempt") == "int 1")
        #expect(text(execute, "messaging.destination.name") == "default")
        #expect(tracer.spans.activeSpans.isEmpty)
    }

    @Test("names, kinds and attributes are those of Python's middleware")
    func names() async throws {
        let broker = broker()
        try await broker.startup()
        _ = try await broker.kiq(named: "golden.tasks:add", labels: [.label("lbl", 1)], taskID: "tid").value()
        await broker.shutdown()
        for wanted in try golden().otel_spans {
            let span = try span(wanted.name)
            #expect("\(span.kind)".uppercased() == wanted.kind)
            for (name, value) in wanted.attributes { #expect(text(span, name) == value) }
        }
    }

    @Test("the context travels as Python's does: as labels of plain text without a type")
    func wire() async throws {
        let outbox = Outbox()
        let broker = Broker(transport: outbox, middlewares: [TracingMiddleware(tracer: tracer)])
        var context = InstrumentationContext.topLevel
        context.traceState = "vendor=1"
        try await InstrumentationContext.$current.withValue(context) {
            try await broker.kiq(named: "golden.tasks:add", labels: [.label("lbl", 1)], taskID: "tid")
        }
        struct Wire: Decodable {
            var labels: [String: String]
            var labels_types: [String: Int]
        }
        let message = try #require(outbox.messages.first)
        let wire = try JSONDecoder().decode(Wire.self, from: Data(message.message))
        #expect(wire.labels_types == ["lbl": 2])
        let send = try span("send/golden.tasks:add")
        #expect(
            wire.labels
                == ["lbl": "1", "traceparent": "00-\(send.traceID)-\(send.spanID)-01", "tracestate": "vendor=1"]
        )
        // Python's own example differs in nothing but the ids, and in a time that its metrics use.
        let example = try #require(try golden().otel_wire_message_example.first)
        #expect(example.contains(#""labels_types": {"lbl": 2}"#))
        #expect(example.contains(#""traceparent": "00-"#))
    }

    @Test("a trace that a Python sender began goes on here, whether its labels have types or not")
    func fromPython() async throws {
        let example = try #require(try golden().otel_wire_message_example.first)
        for text in [example, example.replacing(#"{"lbl": 2}"#, with: #"{"lbl": 2, "traceparent": 3}"#)] {
            var labels = try JSONFormatter().loads(Array(text.utf8)).labels
            labels["tracestate"] = .string("vendor=1")
            let broker = broker(Forwarding(labels: labels))
            try await broker.startup()
            _ = try await broker.kiq(named: "golden.tasks:add").value()
            await broker.shutdown()
            let execute = try span("execute/golden.tasks:add")
            #expect(execute.traceID == "9a1f846eabd04f7e6b087877bba52325")
            #expect(execute.parentSpanID == "6751d7821b387e3e")
            #expect(execute.context.traceState == "vendor=1")
            tracer.spans.clearAll()
        }
    }

    @Test("a context that is none is none, and the task runs")
    func nonsense() async throws {
        let broker = broker(Forwarding(labels: [.label("traceparent", 7)]))
        try await broker.startup()
        _ = try await broker.kiq(named: "ok").value()
        await broker.shutdown()
        #expect(try span("execute/ok").parentSpanID == nil)
    }

    @Test("a span ends although sending fails")
    func sendError() async throws {
        let broker = Broker(transport: Outbox(isRefusing: true), middlewares: [TracingMiddleware(tracer: tracer)])
        await #expect(throws: TaskiqError.self) { try await broker.kiq(named: "ok") }
        let send = try span("send/ok")
        #expect(send.errors.map { "\($0.error)" } == ["boom"])
        #expect(send.status?.code == .error)
        #expect(tracer.spans.activeSpans.isEmpty)
    }

    @Test("a task that fails is an error of its span")
    func failure() async throws {
        let broker = broker()
        try await broker.startup()
        _ = try await broker.kiq(named: "bad").waitForResult()
        await broker.shutdown()
        let execute = try span("execute/bad")
        #expect(execute.errors.map { "\($0.error)" } == ["boom"])
        #expect(execute.status?.code == .error)
        #expect(execute.status?.message == "boom")
        #expect(text(execute, "taskiq.outcome") == "failed")
        #expect(text(execute, "taskiq.retry.reason") == nil)
    }

    @Test("a failure that is retried says why, and is no error of its span; the last one is")
    func retries() async throws {
        let broker = broker(SimpleRetryMiddleware())
        try await broker.startup()
        let labels: Labels = [.retryOnError(), .maxRetries(2), .timeout(.seconds(60))]
        _ = try await broker.kiq(named: "bad", labels: labels).waitForResult()
        await broker.shutdown()
        let spans = tracer.spans.finishedSpans.filter { $0.operationName == "execute/bad" }
        try #require(spans.count == 2)
        #expect(spans.map { text($0, "taskiq.retry.reason") } == ["boom", nil])
        #expect(spans.map { text($0, "taskiq.outcome") } == ["retried", "failed"])
        #expect(spans.map { $0.status?.code } == [nil, .error])
        #expect(spans.map { text($0, "taskiq._retries") } == [nil, "int 1"])
        #expect(spans.map { text($0, "taskiq.retry_on_error") } == ["bool true", "bool true"])
        #expect(spans.map { text($0, "taskiq.timeout") } == ["double 60.0", "double 60.0"])
        let send = try span("send/bad")
        #expect(text(send, "taskiq.max_retries") == "int 2")
        #expect(spans.allSatisfy { $0.parentSpanID == send.spanID })
    }

    @Test("a task that leaves by another door is no error")
    func otherDoors() async throws {
        let (ended, signal) = AsyncStream.makeStream(of: Void.self)
        let broker = broker(Ending(signal: signal))
        try await broker.startup()
        try await broker.kiq(named: "skip")
        for await _ in ended {}
        await broker.shutdown()
        let execute = try span("execute/skip")
        #expect(text(execute, "taskiq.outcome") == "no_result")
        #expect(execute.errors.isEmpty)
        #expect(execute.status == nil)
    }

    @Test("without a tracer of its own it uses the program's")
    func programsTracer() async throws {
        let outbox = Outbox()
        let broker = Broker(transport: outbox, middlewares: [TracingMiddleware()])
        try await withTracer(tracer) { _ = try await broker.kiq(named: "ok") }
        #expect(try span("send/ok").kind == .producer)
        #expect(outbox.messages.first?.labels["traceparent"] != nil)
        try await broker.kiq(named: "ok")
        #expect(outbox.messages.last?.labels.isEmpty == true)
    }
}

/// Tells that a task has ended which leaves no result.
private struct Ending: TaskiqMiddleware {
    let signal: AsyncStream<Void>.Continuation

    func postExecute(_ message: TaskiqMessage, result: inout StoredResult, context: Context) async throws {
        signal.finish()
    }
}

/// Sends with the labels that another sender wrote.
private struct Forwarding: TaskiqMiddleware {
    let labels: Labels

    func send(_ message: TaskiqMessage, next: NextSend) async throws {
        var message = message
        message.labels = labels
        try await next(message)
    }
}
