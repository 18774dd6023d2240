// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// What a listing says of a stored result.
public struct StoredResultEntry: Sendable, Hashable {
    /// Its place in the order in which results were stored; a result that was stored later has a higher one.
    public var position: Int64
    /// The number of its message.
    public var sequence: Int64
    /// The message's identity.
    public var taskID: String
    /// The task's name; empty for results that an older version stored.
    public var taskName: String
    /// Whether the task failed.
    public var isError: Bool
    /// When it was stored; nil for results that an older version stored.
    public var storedAt: Timestamp?
    /// Until when it is kept.
    public var expiresAt: Timestamp
    /// How many bytes the result has.
    public var bodySize: Int
    /// The result, as the JSON that the worker wrote; nil if it is larger than a listing shows.
    public var body: StoredBody?

    /// The largest result that a listing shows, in bytes; longer ones are not read for it.
    public static let maximumBody = 4096

    /// Makes an entry.
    ///
    /// - Parameters:
    ///   - position: its place in the order in which results were stored.
    ///   - sequence: the number of its message.
    ///   - taskID: the message's identity.
    ///   - taskName: the task's name.
    ///   - isError: whether the task failed.
    ///   - storedAt: when it was stored.
    ///   - expiresAt: until when it is kept.
    ///   - bodySize: how many bytes the result has.
    ///   - body: the result; nil if it is larger than a listing shows.
    public init(
        position: Int64,
        sequence: Int64,
        taskID: String,
        taskName: String,
        isError: Bool,
        storedAt: Timestamp?,
        expiresAt: Timestamp,
        bodySize: Int,
        body: StoredBody?
    ) {
        self.position = position
        self.sequence = sequence
        self.taskID = taskID
        self.taskName = taskName
        self.isError = isError
        self.storedAt = storedAt
        self.expiresAt = expiresAt
        self.bodySize = bodySize
        self.body = body
    }
}
