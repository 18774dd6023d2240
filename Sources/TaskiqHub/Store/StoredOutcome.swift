// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// How a message ended, as it is stored.
public struct StoredOutcome: Sendable, Hashable {
    /// The message's identity.
    public var taskID: String
    /// The task's name, for listings.
    public var taskName: String
    /// When the result was stored; nil when nobody said.
    public var storedAt: Timestamp?
    /// Whether the task failed.
    public var isError: Bool
    /// Until when the result is kept.
    public var expiresAt: Timestamp
    /// The result, as the JSON that the worker wrote.
    public var body: [UInt8]

    /// Makes an outcome.
    ///
    /// - Parameters:
    ///   - taskID: the message's identity.
    ///   - isError: whether the task failed.
    ///   - expiresAt: until when the result is kept.
    ///   - body: the result.
    ///   - taskName: the task's name.
    ///   - storedAt: when the result was stored.
    public init(
        taskID: String,
        isError: Bool,
        expiresAt: Timestamp,
        body: [UInt8],
        taskName: String = "",
        storedAt: Timestamp? = nil
    ) {
        self.taskID = taskID
        self.taskName = taskName
        self.storedAt = storedAt
        self.isError = isError
        self.expiresAt = expiresAt
        self.body = body
    }
}
