// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// How a message ended, as it is stored.
public struct StoredOutcome: Sendable, Hashable {
    /// The message's identity.
    public var taskID: String
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
    public init(taskID: String, isError: Bool, expiresAt: Timestamp, body: [UInt8]) {
        self.taskID = taskID
        self.isError = isError
        self.expiresAt = expiresAt
        self.body = body
    }
}
