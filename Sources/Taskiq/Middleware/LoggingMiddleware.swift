// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Logging
import Synchronization

/// Logs what happens to tasks: sent, started, ended.
///
/// Messages are constant; what differs is metadata: `taskiq.task.id`, `taskiq.task.name`, `taskiq.queue`,
/// `taskiq.attempt`, `taskiq.retries`, `taskiq.outcome`, `taskiq.duration.ms`, `error.type`, `error.message`. Arguments
/// and results, which may hold what nobody should read in a log, are logged at level `trace` alone.
///
/// Put it first, so that it sees what the other middlewares made of a task.
public final class LoggingMiddleware: TaskiqMiddleware {
    /// At which level each event is logged; nil for not at all.
    public struct Levels: Sendable, Hashable {
        /// A message was accepted by the broker.
        public var sent: Logger.Level?
        /// A message was not sent.
        public var notSent: Logger.Level?
        /// A task begins.
        public var started: Logger.Level?
        /// A task returned, or wants no result.
        public var succeeded: Logger.Level?
        /// A task failed for good.
        public var failed: Logger.Level?
        /// A task failed and is run again, or put its message back.
        public var retried: Logger.Level?
        /// A task refused its message.
        public var rejected: Logger.Level?

        /// Makes a set of levels.
        ///
        /// - Parameters:
        ///   - sent: a message was accepted by the broker.
        ///   - notSent: a message was not sent.
        ///   - started: a task begins.
        ///   - succeeded: a task returned, or wants no result.
        ///   - failed: a task failed for good.
        ///   - retried: a task failed and is run again, or put its message back.
        ///   - rejected: a task refused its message.
        public init(
            sent: Logger.Level? = .debug,
            notSent: Logger.Level? = .error,
            started: Logger.Level? = .debug,
            succeeded: Logger.Level? = .info,
            failed: Logger.Level? = .error,
            retried: Logger.Level? = .warning,
            rejected: Logger.Level? = .error
        ) {
            self.sent = sent
            self.notSent = notSent
            self.started = started
            self.succeeded = succeeded
            self.failed = failed
            self.retried = retried
            self.rejected = rejected
        }
    }

    private let levels: Levels
    private let logger: Logger?
    private let brokerLogger = Mutex<Logger?>(nil)

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - levels: at which level each event is logged.
    ///   - logger: what it logs to; the broker's logger when not given.
    public init(levels: Levels = Levels(), logger: Logger? = nil) {
        self.levels = levels
        self.logger = logger
    }

    /// Takes the broker's logger for what is logged outside of tasks.
    public func startup(_ broker: Broker) async throws {
        brokerLogger.withLock { $0 = broker.logger }
    }

    /// Logs that a message was sent.
    public func postSend(_ message: TaskiqMessage) async {
        let isDuplicate = message.labels[.duplicate] == true
        log(
            levels.sent,
            isDuplicate ? "a task was not sent: it is under way already" : "a task was sent",
            sender,
            metadata(of: message)
        )
        sender.trace("arguments of a task", metadata: arguments(of: message))
    }

    /// Logs that a message was not sent.
    public func onSendError(_ error: any Error, message: TaskiqMessage) async {
        log(levels.notSent, "a task could not be sent", sender, metadata(of: message, TaskFailure(describing: error)))
    }

    /// Logs that a task begins.
    public func execute(
        _ message: TaskiqMessage,
        context: Context,
        next: NextExecution
    ) async throws -> StoredResult {
        let logger = logger ?? context.broker.logger
        log(levels.started, "a task began", logger, metadata(of: message, context))
        logger.trace("arguments of a task", metadata: arguments(of: message))
        return try await next(message, context)
    }

    /// Logs how a task ended.
    public func postExecute(_ message: TaskiqMessage, result: inout StoredResult, context: Context) async throws {
        let logger = logger ?? context.broker.logger
        // Without an outcome the hook was called from outside of a worker.
        let outcome = context.outcome ?? (result.isError ? .failed : .succeeded)
        var metadata = metadata(of: message, context)
        metadata["taskiq.outcome"] = "\(outcome)"
        metadata["taskiq.duration.ms"] = "\(result.executionTime.inSeconds * 1000)"
        if outcome != .succeeded, outcome != .noResult, outcome != .requeued, let error = result.error {
            metadata.merge(Self.metadata(of: error)) { _, new in new }
        }
        switch outcome {
        case .failed: log(levels.failed, "a task failed", logger, metadata)
        case .retried: log(levels.retried, "a task failed and is run again", logger, metadata)
        case .requeued: log(levels.retried, "a task put its message back", logger, metadata)
        case .rejected: log(levels.rejected, "a task refused its message", logger, metadata)
        default: log(levels.succeeded, "a task ended", logger, metadata)
        }
        let value = result.returnValue
        logger.trace(
            "result of a task",
            metadata: ["taskiq.task.id": "\(message.taskID)", "taskiq.result": "\(value)"]
        )
    }

    private var sender: Logger {
        logger ?? brokerLogger.withLock { $0 } ?? Logger(label: "taskiq")
    }

    private func log(
        _ level: Logger.Level?,
        _ text: Logger.Message,
        _ logger: Logger,
        _ metadata: @autoclosure () -> Logger.Metadata
    ) {
        guard let level else { return }
        logger.log(level: level, text, metadata: metadata())
    }

    private func metadata(of message: TaskiqMessage, _ context: Context) -> Logger.Metadata {
        var metadata = metadata(of: message)
        metadata["taskiq.queue"] = "\(context.delivery.queue)"
        metadata["taskiq.attempt"] = "\(context.attempt)"
        if message.retries > 0 { metadata["taskiq.retries"] = "\(message.retries)" }
        return metadata
    }

    private func metadata(of message: TaskiqMessage, _ failure: TaskFailure? = nil) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "taskiq.task.id": "\(message.taskID)",
            "taskiq.task.name": "\(message.taskName)",
        ]
        if let queue = message.labels[.queueName] { metadata["taskiq.queue"] = "\(queue)" }
        if let failure { metadata.merge(Self.metadata(of: failure)) { _, new in new } }
        return metadata
    }

    private func arguments(of message: TaskiqMessage) -> Logger.Metadata {
        [
            "taskiq.task.id": "\(message.taskID)",
            "taskiq.args": "[\(message.args.map(\.text).joined(separator: ", "))]",
            "taskiq.kwargs": "\(JSONFragment(keywords: message.kwargs))",
        ]
    }

    private static func metadata(of failure: TaskFailure) -> Logger.Metadata {
        ["error.type": "\(failure.type)", "error.message": "\(failure.message)"]
    }
}
