// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
public import TaskiqCron

/// A message that was given up.
public struct DeadLetterReport: Sendable, Hashable, Codable {
    /// The message's identity.
    public var taskID: String
    /// The task's name.
    public var taskName: String
    /// The queue it was in.
    public var queue: String
    /// Why it was given up.
    public var reason: String
    /// When it was given up.
    public var deadAt: Timestamp
    /// When the hub had accepted it.
    public var enqueuedAt: Timestamp
    /// How often it was delivered.
    public var attempts: Int
    /// How many of the deliveries ended in a crash.
    public var crashes: Int
    /// The schedule that sent it.
    public var scheduleID: String?
    /// The instant that it was sent for.
    public var scheduledAt: Timestamp?
    /// How many bytes the message has.
    public var bytes: Int?
    /// The message, if it is JSON and was asked for.
    public var message: JSONFragment?

    private enum CodingKeys: String, CodingKey {
        case taskID = "task_id"
        case taskName = "task_name"
        case queue, reason
        case deadAt = "dead_at"
        case enqueuedAt = "enqueued_at"
        case attempts, crashes
        case scheduleID = "schedule_id"
        case scheduledAt = "scheduled_at"
        case bytes, message
    }

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - taskID: the message's identity.
    ///   - taskName: the task's name.
    ///   - queue: the queue it was in.
    ///   - reason: why it was given up.
    ///   - deadAt: when it was given up.
    ///   - enqueuedAt: when the hub had accepted it.
    ///   - attempts: how often it was delivered.
    ///   - crashes: how many of the deliveries ended in a crash.
    public init(
        taskID: String,
        taskName: String,
        queue: String,
        reason: String,
        deadAt: Timestamp,
        enqueuedAt: Timestamp,
        attempts: Int,
        crashes: Int
    ) {
        self.taskID = taskID
        self.taskName = taskName
        self.queue = queue
        self.reason = reason
        self.deadAt = deadAt
        self.enqueuedAt = enqueuedAt
        self.attempts = attempts
        self.crashes = crashes
    }
}
