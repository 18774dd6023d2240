// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

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
