// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// A message that was given up, as a store keeps it.
public struct StoredDeadLetter: Sendable, Hashable {
    /// The message, without its key; its body is empty in listings, and when it is damaged.
    public var message: StoredMessage
    /// How many deliveries it had.
    public var attempts: Int32
    /// How many of them ended in a crash.
    public var crashes: Int32
    /// Why it was given up.
    public var reason: String
    /// When it was given up.
    public var deadAt: Timestamp
    /// How many bytes its body has.
    public var bodySize: Int
    /// What is wrong with its stored form; nil when nothing is, or when nobody looked, as in listings.
    public var damage: String?

    /// Makes a dead letter.
    ///
    /// - Parameters:
    ///   - message: the message, without its key.
    ///   - attempts: how many deliveries it had.
    ///   - crashes: how many of them ended in a crash.
    ///   - reason: why it was given up.
    ///   - deadAt: when it was given up.
    ///   - bodySize: how many bytes its body has; nil for those that the message has.
    public init(
        message: StoredMessage,
        attempts: Int32,
        crashes: Int32,
        reason: String,
        deadAt: Timestamp,
        bodySize: Int? = nil
    ) {
        self.message = message
        self.attempts = attempts
        self.crashes = crashes
        self.reason = reason
        self.deadAt = deadAt
        self.bodySize = bodySize ?? message.body.count
    }
}
