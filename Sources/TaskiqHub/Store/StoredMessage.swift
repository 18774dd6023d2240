// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron
public import TaskiqHubProtocol

/// A message as it is stored.
public struct StoredMessage: Sendable, Hashable {
    /// Its number: given by the hub, in order, never used twice.
    public var sequence: Int64
    /// The queue.
    public var queue: String
    /// The task's name.
    public var taskName: String
    /// The message's identity.
    public var taskID: String
    /// Priority 0 to 9; 9 goes first.
    public var priority: UInt8
    /// When it was accepted.
    public var enqueuedAt: Timestamp
    /// When it may be delivered; nil for at once.
    public var dueAt: Timestamp?
    /// The schedule that it was sent for.
    public var scheduleID: String?
    /// The instant that it was sent for.
    public var scheduledAt: Timestamp?
    /// When it is too late to deliver it; nil for never.
    public var expiresAt: Timestamp?
    /// While a message with this key waits or runs, no other one with it is accepted; nil for no such rule.
    public var uniqueKey: String?
    /// Whether only its last delivery may end it, even if an earlier one turns out to have succeeded.
    public var isFenced = false
    /// Tells a repetition of its submission; nil for messages that the hub made itself.
    public var key: SubmissionKey?
    /// The encoded message.
    public var body: [UInt8]

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - sequence: its number.
    ///   - queue: the queue.
    ///   - taskName: the task's name.
    ///   - taskID: the message's identity.
    ///   - priority: priority 0 to 9.
    ///   - enqueuedAt: when it was accepted.
    ///   - body: the encoded message.
    public init(
        sequence: Int64,
        queue: String,
        taskName: String,
        taskID: String,
        priority: UInt8,
        enqueuedAt: Timestamp,
        body: [UInt8]
    ) {
        self.sequence = sequence
        self.queue = queue
        self.taskName = taskName
        self.taskID = taskID
        self.priority = priority
        self.enqueuedAt = enqueuedAt
        self.body = body
    }
}

/// What tells a repeated submission from a new one.
public struct SubmissionKey: Sendable, Hashable {
    /// Chosen by the client for one submission, and kept when it is repeated.
    public var key: PeerIdentity
    /// A hash of the body: the same key with another body is a mistake.
    public var bodyHash: Int64
    /// Until when it is remembered.
    public var until: Timestamp

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - key: chosen by the client.
    ///   - bodyHash: a hash of the body.
    ///   - until: until when it is remembered.
    public init(key: PeerIdentity, bodyHash: Int64, until: Timestamp) {
        self.key = key
        self.bodyHash = bodyHash
        self.until = until
    }
}
