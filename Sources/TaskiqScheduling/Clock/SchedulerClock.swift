// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// The wall clock of a scheduler, and how it waits for an instant of it.
public protocol SchedulerClock: Sendable {
    /// The present instant.
    var now: Timestamp { get }

    /// Waits until the wall clock shows an instant or a later one.
    ///
    /// - Parameter deadline: the instant; ``Timestamp/latest`` to wait until the clock is set or the task is cancelled.
    /// - Returns: why the wait is over.
    /// - Throws: `CancellationError` when the task is cancelled, and nothing else.
    func sleep(until deadline: Timestamp) async throws -> WakeReason
}

/// Why a wait is over.
public enum WakeReason: Sendable, Hashable {
    /// The wall clock shows the instant or a later one.
    case reached
    /// Somebody set the wall clock; the instant may be far off now, or passed.
    case clockWasSet
}
