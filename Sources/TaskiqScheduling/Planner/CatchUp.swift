// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

/// What becomes of slots that are due: the policy `latest`.
///
/// The newest slot fires if it is not too late for it, and each one before it is missed. In the ordinary case one slot
/// is due, since a moment ago, and fires.
struct CatchUp: Sendable {
    let formatter: any TaskiqFormatter
    let limits: Planner.Limits

    /// Decides the due slots of a schedule, the oldest first.
    ///
    /// - Parameters:
    ///   - schedule: the schedule, of which a slot is due.
    ///   - first: its oldest undecided slot.
    ///   - now: the present instant.
    ///   - room: how many decisions may be made, at least 1; what is left over stays due.
    ///   - decisions: where the decisions go.
    /// - Returns: how far the schedule is decided then.
    func decide(
        _ schedule: PlannedSchedule,
        from first: Timestamp,
        at now: Timestamp,
        room: Int,
        into decisions: inout [SlotDecision]
    ) -> PlannedStep {
        // What was due when a version ended is due, even if the clock has been set back since.
        let horizon = schedule.end ?? now
        let due = DueSlots(of: schedule.task.schedule, from: first, through: horizon, limit: limits.rowsPerSchedule)
        var instants = due.newest
        if let older = due.older { instants.insert(older.last, at: 0) }
        let taken = instants.prefix(room)
        for (index, instant) in taken.enumerated() {
            let slot = Slot(scheduleID: schedule.id, instant: instant)
            let verdict: SlotDecision.Verdict
            if index == 0, let older = due.older, older.count > 1 {
                verdict = .missed(reason: Self.reason(standingFor: older))
            } else if index < instants.count - 1 {
                verdict = .missed(reason: "a later slot was due as well, and only the latest one is made up for")
            } else {
                verdict = decide(slot, of: schedule.task, following: due.following, at: now)
            }
            decisions.append(SlotDecision(slot: slot, verdict: verdict))
        }
        let cursor = taken.last ?? schedule.cursor
        let next = taken.count < instants.count ? instants[taken.count] : due.following
        return PlannedStep(id: schedule.id, generation: schedule.generation, cursor: cursor, next: next)
    }

    private func decide(
        _ slot: Slot,
        of task: ScheduledTask,
        following: Timestamp?,
        at now: Timestamp
    ) -> SlotDecision.Verdict {
        let window = min(following.map { $0 - slot.instant } ?? limits.window, limits.window)
        let lateness = now - slot.instant
        guard lateness <= window else {
            return .missed(
                reason: "it could be decided only \(lateness.formattedShortly) after its time, "
                    + "and is made up for within \(window.formattedShortly)"
            )
        }
        do {
            return .fired(try task.message(for: slot, formatter: formatter))
        } catch {
            // Trying again would not help, and would hold up the schedule for ever.
            return .missed(reason: "its message cannot be encoded: \(error)")
        }
    }

    private static func reason(standingFor span: DueSlots.Span) -> String {
        let count = span.isCountExact ? "\(span.count)" : "more than \(span.count)"
        return "stands for \(count) slots from \(span.first) to \(span.last), all missed: "
            + "later slots were due as well, and only the latest one is made up for"
    }
}
