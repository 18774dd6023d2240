// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// One occurrence of a schedule: the pair of a schedule and the nominal instant at which it is due.
///
/// A slot is decided once, whatever happens, by however many schedulers; the nominal instant stays its identity when it
/// is enqueued late.
public struct Slot: Sendable, Hashable {
    /// The schedule.
    public var scheduleID: ScheduleID
    /// The nominal instant.
    public var instant: Timestamp

    /// Makes a slot.
    ///
    /// - Parameters:
    ///   - scheduleID: the schedule.
    ///   - instant: the nominal instant.
    public init(scheduleID: ScheduleID, instant: Timestamp) {
        self.scheduleID = scheduleID
        self.instant = instant
    }

    /// The id of the message that the slot enqueues: the same for whoever decides it, and a legal Python task id.
    public var taskID: TaskID {
        var hash = StableHash()
        hash.combine("slot")
        hash.combine(scheduleID.rawValue)
        hash.combine(String(instant.millisecondsSinceEpoch))
        return TaskID(rawValue: hash.hexadecimalDigest)
    }
}
