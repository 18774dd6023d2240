// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Slots to be decided in one step.
public struct FireRequest: Sendable {
    /// The decisions, in the order of their instants.
    public var decisions: [SlotDecision]
    /// How far each schedule is decided afterwards.
    public var states: [ScheduleID: ScheduleState]

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - decisions: the decisions, in the order of their instants.
    ///   - states: how far each schedule is decided afterwards.
    public init(decisions: [SlotDecision], states: [ScheduleID: ScheduleState]) {
        self.decisions = decisions
        self.states = states
    }
}
