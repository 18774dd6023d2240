// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How one execution of a task ended, as far as it is known when `postExecute` runs.
///
/// There are few of them, so they may be the dimension of a metric.
public struct TaskOutcome: Hashable, Sendable, CustomStringConvertible {
    /// The name, as logs, metrics and traces show it.
    public let description: String

    /// It returned.
    public static let succeeded = TaskOutcome(description: "succeeded")
    /// It failed, for good as far as this worker knows.
    public static let failed = TaskOutcome(description: "failed")
    /// It failed and is delivered once more.
    public static let retried = TaskOutcome(description: "retried")
    /// It put its message back.
    public static let requeued = TaskOutcome(description: "requeued")
    /// It refused its message.
    public static let rejected = TaskOutcome(description: "rejected")
    /// It wants no result to be stored.
    public static let noResult = TaskOutcome(description: "no_result")

    /// Whether the message is not delivered again.
    public var isFinal: Bool { self != .retried && self != .requeued }

    private init(description: String) {
        self.description = description
    }
}

extension TaskOutcome {
    /// Nil for a task that the worker gave up: what becomes of it is not known here.
    init?(_ outcome: ExecutionOutcome, of message: TaskiqMessage) {
        switch outcome {
        case .abandoned: return nil
        case .result(let result): self = result.isError ? .failed : .succeeded
        case .noResult: self = .noResult
        case .requeue(let again, _, _): self = again.retries > message.retries ? .retried : .requeued
        case .reject: self = .rejected
        }
    }

    /// What an error asks for that a task or a hook threw; nil for one that is simply an error.
    package init?(askedForBy error: any Error) {
        switch TaskControl(error) {
        case .requeue: self = .requeued
        case .reject: self = .rejected
        case .noResult: self = .noResult
        case nil: return nil
        }
    }
}
