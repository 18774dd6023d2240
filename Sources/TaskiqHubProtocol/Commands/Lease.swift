// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// One delivery of one message: the message's number at the hub, and which delivery it is.
///
/// The attempt only grows, so it tells an outcome of an earlier delivery from one of the present.
public struct LeaseKey: Hashable, Sendable {
    /// The message's number.
    public var sequence: Int64
    /// Which delivery, from 1.
    public var attempt: Int32

    /// Names a delivery.
    ///
    /// - Parameters:
    ///   - sequence: the message's number.
    ///   - attempt: which delivery, from 1.
    public init(sequence: Int64, attempt: Int32) {
        self.sequence = sequence
        self.attempt = attempt
    }

    /// Hashes the message's number: of one message there are seldom several deliveries.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(sequence)
    }
}

/// What the hub thinks of a delivery that a worker names.
public struct LeaseVerdict: Hashable, Sendable {
    /// The possible verdicts.
    public enum Verdict: UInt8, Sendable {
        /// The worker holds it; go on.
        case keep = 1
        /// Somebody else has it, or had; stop and forget it.
        case stale = 2
        /// Its outcome is stored; forget it.
        case recorded = 3
        /// An outcome was stored before; forget it.
        case already = 4
    }

    /// The delivery.
    public var lease: LeaseKey
    /// The verdict.
    public var verdict: Verdict

    /// Makes a verdict.
    ///
    /// - Parameters:
    ///   - lease: the delivery.
    ///   - verdict: what the hub thinks of it.
    public init(lease: LeaseKey, verdict: Verdict) {
        self.lease = lease
        self.verdict = verdict
    }
}
