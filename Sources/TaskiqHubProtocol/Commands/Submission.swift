// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// A message to be enqueued.
public struct Submission: Sendable, Hashable {
    /// Tells a repetition of this submission from another one.
    public var key: PeerIdentity
    /// The queue.
    public var queue: String
    /// The task's name.
    public var taskName: String
    /// The message's identity.
    public var taskID: String
    /// Priority 0 to 9; 9 goes first.
    public var priority: UInt8 = 0
    /// Milliseconds to wait before it may be delivered.
    public var delay: Int64 = 0
    /// The schedule that it was sent for.
    public var scheduleID: String?
    /// The instant that it was sent for.
    public var scheduledAt: Timestamp?
    /// How long after its acceptance it may be delivered, in milliseconds; 0 for ever.
    public var expires: Int64 = 0
    /// While a message with this key waits or runs, no other one with it is accepted.
    public var uniqueKey: String?
    /// Whether only its last delivery may end it.
    public var isFenced = false
    /// Whether the client wants to be sent the result, without another question.
    public var wantsResult = false
    /// The encoded message.
    public var body: [UInt8]

    /// Makes a submission.
    ///
    /// - Parameters:
    ///   - key: tells a repetition of this submission from another one.
    ///   - queue: the queue.
    ///   - taskName: the task's name.
    ///   - taskID: the message's identity.
    ///   - body: the encoded message.
    public init(key: PeerIdentity, queue: String, taskName: String, taskID: String, body: [UInt8]) {
        self.key = key
        self.queue = queue
        self.taskName = taskName
        self.taskID = taskID
        self.body = body
    }
}
