// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// One run of a task by a test broker, and how it ended.
public struct TaskExecution: Sendable {
    /// The message as it was delivered; nil when it could not be read.
    public let message: TaskiqMessage?
    /// The message's identity.
    public let taskID: TaskID
    /// Which task was called.
    public let taskName: TaskName
    /// What the task knew of its delivery.
    public let delivery: DeliveryInfo
    /// When it ran, by the broker's clock.
    public let startedAt: ManualClock.Instant
    /// What became of the delivery.
    public let settlement: Settlement
    /// The result that was stored; nil when there was none.
    public let result: StoredResult?
    /// The error as the task threw it; nil when it threw none.
    public let error: (any Error)?

    /// Whether the task asked to be run again, by a retry or a requeue.
    public var isRequeued: Bool {
        if case .requeued = settlement { true } else { false }
    }

    /// Whether the message went to the dead letters.
    public var isRejected: Bool {
        if case .rejected = settlement { true } else { false }
    }

    /// How long the task asked to wait before it runs again; nil when it did not ask for it.
    public var delay: Duration? {
        if case .requeued(_, let delay) = settlement { delay } else { nil }
    }
}

/// A message that a task or the pipeline refused for good.
public struct DeadLetter: Sendable, Hashable {
    /// The message's identity.
    public let taskID: TaskID
    /// Which task was called.
    public let taskName: TaskName
    /// Why it was refused.
    public let reason: String
}
