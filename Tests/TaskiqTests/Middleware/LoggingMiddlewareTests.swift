// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Synchronization
import Testing

@testable import Taskiq

/// Keeps what is logged.
private final class LogBook: Sendable {
    struct Line: Sendable {
        var level: Logger.Level
        var text: String
        var metadata: Logger.Metadata
    }

    private let kept = Mutex<[Line]>([])

    var lines: [Line] { kept.withLock { $0 } }
    var texts: [String] { lines.map { "\($0.level): \($0.text)" } }

    func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "test") { _ in Handler(book: self) }
        logger.logLevel = level
        return logger
    }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = Line(
                level: event.level,
                text: "\(event.message)",
                metadata: metadata.merging(event.metadata ?? [:]) { _, new in new }
            )
            book.kept.withLock { $0.append(line) }
        }
    }
}

@Suite("Logging of tasks", .timeLimit(.minutes(5)))
struct LoggingMiddlewareTests {
    private let book = LogBook()

    private func broker(
        _ level: Logger.Level = .debug,
        levels: LoggingMiddleware.Levels = LoggingMiddleware.Levels(),
        kickError: (any Error)? = nil
    ) -> Broker {
        let broker = Broker(
            transport: RecordingTransport(kickError: kickError),
            resultBackend: RecordingBackend(storesWithAcknowledgement: true),
            middlewares: [LoggingMiddleware(levels: levels, logger: book.logger(level)), SimpleRetryMiddleware()]
        )
        broker.register(named: "ok") { _, _ in JSONFragment(string: "secret result") }
        broker.register(named: "bad") { _, _ in throw TaskFailure(type: "Bad", message: "gone wrong") }
        broker.register(named: "reject") { _, context in try context.reject("no") }
        broker.register(named: "requeue") { _, context in try context.requeue() }
        broker.register(named: "skip") { _, context in try context.skipResult() }
        return broker
    }

    private func receive(_ name: TaskName, _ labels: Labels = [], on broker: Broker? = nil) async throws {
        try await (broker ?? self.broker()).receive(
            TaskiqMessage(
                taskID: "i",
                taskName: name,
                labels: labels,
                args: [JSONFragment(string: "secret argument")],
                kwargs: ["key": .string("secret keyword")]
            )
        )
    }

    @Test(
        "how a task ended",
        arguments: [
            ("ok", [], "info: a task ended", "succeeded"), ("skip", [], "info: a task ended", "no_result"),
            ("bad", [], "error: a task failed", "failed"),
            ("bad", [.retryOnError()], "warning: a task failed and is run again", "retried"),
            ("bad", [.retryOnError(), .label(.retries, 2)], "error: a task failed", "failed"),
            ("reject", [], "error: a task refused its message", "rejected"),
            ("requeue", [], "warning: a task put its message back", "requeued"),
        ] as [(TaskName, Labels, String, String)]
    )
    func endings(name: TaskName, labels: Labels, text: String, outcome: String) async throws {
        try await receive(name, labels)
        #expect(book.texts == ["debug: a task began", text])
        let metadata = try #require(book.lines.last).metadata
        #expect(metadata["taskiq.outcome"] == "\(outcome)")
        #expect(metadata["taskiq.task.id"] == "i")
        #expect(metadata["taskiq.task.name"] == "\(name)")
        #expect(metadata["taskiq.queue"] == "default")
        #expect(metadata["taskiq.attempt"] == "1")
        #expect(Double("\(metadata["taskiq.duration.ms"] ?? "")") != nil)
        #expect((metadata["error.message"] != nil) == ["failed", "retried", "rejected"].contains(outcome))
        if name == "bad" { #expect(metadata["error.type"] == "Bad") }
        #expect(metadata["taskiq.retries"] == (labels[.retries] == 2 ? "2" : nil))
    }

    @Test("what is sent, and what could not be")
    func sending() async throws {
        try await broker().kiq(named: "ok", args: [.string("secret argument")], labels: [.queue("q")], taskID: "i")
        #expect(book.texts == ["debug: a task was sent"])
        #expect(book.lines[0].metadata == ["taskiq.task.id": "i", "taskiq.task.name": "ok", "taskiq.queue": "q"])
        let failing = broker(kickError: TaskFailure(type: "Gone", message: "away"))
        await #expect(throws: TaskiqError.self) { try await failing.kiq(named: "ok", taskID: "i") }
        #expect(book.texts.last == "error: a task could not be sent")
        #expect(book.lines.last?.metadata["error.type"] == "Gone")
    }

    @Test("arguments and results are seen at level trace alone", arguments: [Logger.Level.trace, .debug, .info])
    func privacy(level: Logger.Level) async throws {
        let broker = broker(level)
        try await broker.kiq(named: "ok", args: [.string("secret argument")])
        try await receive("ok", on: broker)
        let revealing = book.lines.filter { "\($0.metadata)".contains("secret") }
        #expect(revealing.allSatisfy { $0.level == .trace })
        #expect(revealing.count == (level == .trace ? 3 : 0))
        #expect(!book.texts.contains { $0.contains("secret") })
    }

    @Test("levels are chosen, and none means not at all")
    func levels() async throws {
        let levels = LoggingMiddleware.Levels(started: nil, succeeded: .notice)
        try await receive("ok", on: broker(levels: levels))
        #expect(book.texts == ["notice: a task ended"])
    }

    @Test("without a logger of its own it uses the broker's")
    func brokersLogger() async throws {
        let broker = Broker(
            transport: RecordingTransport(),
            middlewares: [LoggingMiddleware()],
            logger: book.logger(.debug)
        )
        broker.register(named: "ok") { _, _ in .null }
        try await broker.startup()
        try await broker.kiq(named: "ok")
        try await receive("ok", on: broker)
        #expect(book.texts == ["debug: a task was sent", "debug: a task began", "info: a task ended"])
        await broker.shutdown()
    }
}
