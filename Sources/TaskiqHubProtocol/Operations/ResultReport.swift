// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
public import TaskiqCron

/// A result that is kept.
public struct ResultReport: Sendable, Hashable, Codable {
    /// The message's identity.
    public var taskID: String
    /// Whether the task failed.
    public var isError: Bool
    /// How many bytes the result has.
    public var bytes: Int
    /// The task's name, where it is known.
    public var taskName: String?
    /// When it was stored, where that is known.
    public var storedAt: Timestamp?
    /// What the task returned, if that is short.
    public var value: JSONFragment?
    /// What went wrong, if that is short.
    public var error: String?

    private enum CodingKeys: String, CodingKey {
        case taskID = "task_id"
        case isError = "failed"
        case bytes
        case taskName = "task_name"
        case storedAt = "stored_at"
        case value, error
    }

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - taskID: the message's identity.
    ///   - isError: whether the task failed.
    ///   - bytes: how many bytes the result has.
    public init(taskID: String, isError: Bool, bytes: Int) {
        self.taskID = taskID
        self.isError = isError
        self.bytes = bytes
    }
}
