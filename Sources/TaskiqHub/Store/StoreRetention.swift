// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How much a store keeps of what is over, beside the results and keys that say themselves how long they are kept.
///
/// What is beyond it goes with the next `forget`, a few thousand rows at a time.
public struct StoreRetention: Sendable, Hashable {
    /// How long it is remembered how a slot of a schedule was decided: 30 days.
    ///
    /// How far each schedule is decided is kept for ever, so a slot that was forgotten is not decided again.
    public var slotAge = Duration.seconds(30 * 24 * 3600)
    /// How many decided slots are remembered at most.
    public var maximumSlots = 1_000_000
    /// How long dead letters are kept: 90 days; nil for ever.
    public var deadLetterAge: Duration? = .seconds(90 * 24 * 3600)
    /// How many dead letters are kept at most; those with the lowest numbers go first.
    public var maximumDeadLetters = 100_000
    /// How many results are kept at most; those that were stored first go first.
    public var maximumResults = 10_000_000

    /// The defaults.
    public init() {}
}
