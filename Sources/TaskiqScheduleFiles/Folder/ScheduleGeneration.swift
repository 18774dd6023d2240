// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// All schedules of a source at one time.
public struct ScheduleGeneration: Sendable {
    /// Counts the generations of a source from 1; 0 before anything was read.
    public var number = 0
    /// The schedules in force, in the order of their files; paused ones are among them.
    public var schedules: [FileSchedule] = []
    /// Those of them that are older than what their file says now, because that cannot be used.
    public var older: Set<ScheduleID> = []
    /// Schedules that cannot be used and never could.
    public var rejected: [ScheduleID] = []
    /// What is wrong, in the order of the files.
    public var diagnostics: [Diagnostic] = []

    /// The schedules that are to be carried out.
    public var active: [ScheduledTask] { schedules.filter { !$0.isPaused }.map(\.task) }
}
