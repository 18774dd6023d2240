// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

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
