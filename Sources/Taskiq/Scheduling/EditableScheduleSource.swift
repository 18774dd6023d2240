// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A source to which a program adds schedules, and from which it deletes them, while it runs.
public protocol EditableScheduleSource: ScheduleSource {
    /// Adds a schedule, or replaces the one of the same id.
    ///
    /// - Parameter task: the schedule.
    /// - Throws: when it is not stored.
    func add(_ task: ScheduledTask) async throws

    /// Deletes a schedule.
    ///
    /// - Parameter id: which one.
    /// - Returns: whether there was one.
    /// - Throws: when the source cannot be asked.
    @discardableResult
    func delete(_ id: ScheduleID) async throws -> Bool
}
