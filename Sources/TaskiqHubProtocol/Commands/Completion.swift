// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How a delivery ended.
public struct Completion: Sendable, Hashable {
    /// The ways to end.
    public enum Outcome: UInt8, Sendable {
        /// The task returned; the body is its result.
        case ok = 1
        /// The task failed; the body is its result.
        case error = 2
        /// The task ended and wants nothing stored.
        case noResult = 3
        /// The task wants to run again; the body is the new message.
        case requeue = 4
        /// The task, or the worker, refuses the message; the body, if any, is a result.
        case reject = 5
        /// The task was never started.
        case release = 6
    }

    /// The delivery.
    public var lease: LeaseKey
    /// How it ended.
    public var outcome: Outcome
    /// How long it ran, in microseconds.
    public var executionTime: Int64 = 0
    /// Milliseconds to wait before a requeued message may be delivered.
    public var delay: Int64 = 0
    /// Why it was refused.
    public var reason: String = ""
    /// Whether the task ended without acknowledging, as it was left to do: the result is stored, and the worker keeps
    /// the delivery until it is acknowledged.
    public var isUnacknowledged = false
    /// The result, or the message to be delivered next.
    public var body: [UInt8]

    /// Describes an end.
    ///
    /// - Parameters:
    ///   - lease: the delivery.
    ///   - outcome: how it ended.
    ///   - body: the result, or the message to be delivered next.
    public init(lease: LeaseKey, outcome: Outcome, body: [UInt8] = []) {
        self.lease = lease
        self.outcome = outcome
        self.body = body
    }
}
