// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// Where slots are decided: the one place that knows which were decided before, and that enqueues in the same step.
///
/// The planner proposes and never writes. On the hub, recording a slot and enqueuing its message is one transaction;
/// other engines do it as well as they can.
public protocol SlotLedger: Sendable {
    /// How far each schedule is decided, for schedules that were seen before.
    func scheduleStates() async throws -> [ScheduleID: ScheduleState]

    /// Decides slots and enqueues what they fire.
    ///
    /// A slot that was decided before is left as it is; that is no error.
    ///
    /// - Parameter request: what to decide.
    /// - Throws: `TaskiqError`: nothing is known to be decided; asking again is safe.
    func fire(_ request: FireRequest) async throws
}

/// How far a schedule is decided.
public struct ScheduleState: Sendable, Hashable {
    /// All slots up to this instant, and itself, are decided.
    public var cursor: Timestamp
    /// Tells one version of the schedule's timing from another; an edited schedule starts anew.
    public var fingerprint: String

    /// Makes a state.
    ///
    /// - Parameters:
    ///   - cursor: all slots up to this instant, and itself, are decided.
    ///   - fingerprint: tells one version of the schedule's timing from another.
    public init(cursor: Timestamp, fingerprint: String) {
        self.cursor = cursor
        self.fingerprint = fingerprint
    }
}

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
