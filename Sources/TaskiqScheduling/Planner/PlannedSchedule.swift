// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

/// One version of a schedule in the planner's hands.
struct PlannedSchedule: Sendable {
    var task: ScheduledTask
    /// Which source it came from.
    var source: Int
    let fingerprint: String
    /// All slots up to this instant, and itself, are decided.
    var cursor: Timestamp
    /// The first slot after the cursor.
    var next: Timestamp?
    /// The last instant that counts, of a version that was removed or replaced.
    var end: Timestamp?
    /// Tells which entries of the heap are about this version as it stands; never used twice.
    var generation: UInt64
    /// Whether the ledger knows where it stands.
    var isRecorded: Bool

    init(
        _ task: ScheduledTask,
        source: Int,
        fingerprint: String,
        cursor: Timestamp,
        generation: UInt64,
        isRecorded: Bool
    ) {
        self.task = task
        self.source = source
        self.fingerprint = fingerprint
        self.cursor = cursor
        self.generation = generation
        self.isRecorded = isRecorded
        next = task.schedule.slot(after: cursor)
    }

    var id: ScheduleID { task.id }

    var state: ScheduleState { ScheduleState(cursor: cursor, fingerprint: fingerprint) }

    /// The first undecided slot, if it lies before the version's end.
    var nextBeforeEnd: Timestamp? {
        guard let next, let end else { return next }
        return next <= end ? next : nil
    }

    /// Whether another schedule is due at the same instants: its text is the same, and its zone has the same offsets.
    func hasTiming(of schedule: Schedule) -> Bool {
        if task.schedule == schedule { return true }
        guard case .cron(_, let old) = task.schedule.trigger, case .cron(_, let new) = schedule.trigger else {
            return fingerprint == schedule.fingerprint
        }
        return old == new && fingerprint == schedule.fingerprint
    }

    /// Takes over what the ledger says, if it is further on with this timing.
    ///
    /// - Returns: whether the next slot may be another one now.
    mutating func catchUp(with state: ScheduleState?) -> Bool {
        guard let state, state.fingerprint == fingerprint, state.cursor >= cursor else { return false }
        isRecorded = true
        guard state.cursor > cursor else { return false }
        cursor = state.cursor
        next = task.schedule.slot(after: cursor)
        return true
    }

    /// Takes over what was decided.
    mutating func advance(by step: PlannedStep) {
        cursor = step.cursor
        next = step.next
        isRecorded = true
    }
}

/// What one request decides about one schedule.
struct PlannedStep: Sendable {
    let id: ScheduleID
    let generation: UInt64
    /// The new cursor.
    let cursor: Timestamp
    /// The first slot after the new cursor.
    let next: Timestamp?
}
