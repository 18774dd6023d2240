// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
public import TaskiqCron

/// A slot as the ledger keeps it.
public struct StoredSlot: Sendable, Hashable {
    /// The slot.
    public var slot: Slot
    /// When it was decided.
    public var decidedAt: Timestamp
    /// The message that was enqueued for it; nil when it was missed.
    public var sequence: Int64?
    /// Why it was missed.
    public var reason: String?

    /// Makes a row of the ledger.
    ///
    /// - Parameters:
    ///   - slot: the slot.
    ///   - decidedAt: when it was decided.
    ///   - sequence: the message that was enqueued for it.
    ///   - reason: why it was missed.
    public init(slot: Slot, decidedAt: Timestamp, sequence: Int64?, reason: String?) {
        self.slot = slot
        self.decidedAt = decidedAt
        self.sequence = sequence
        self.reason = reason
    }
}
