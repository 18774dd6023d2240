// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What was decided about a slot.
public struct SlotDecision: Sendable {
    /// The slot.
    public var slot: Slot
    /// What was decided.
    public var verdict: Verdict

    /// What can be decided about a slot.
    public enum Verdict: Sendable {
        /// The message is enqueued.
        case fired(BrokerMessage)
        /// The slot passed while nobody could decide it, and is not made up for; the reason is for people.
        case missed(reason: String)
    }

    /// Makes a decision.
    ///
    /// - Parameters:
    ///   - slot: the slot.
    ///   - verdict: what was decided.
    public init(slot: Slot, verdict: Verdict) {
        self.slot = slot
        self.verdict = verdict
    }
}
