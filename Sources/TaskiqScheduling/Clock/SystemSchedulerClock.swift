// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
public import TaskiqCron

/// The machine's wall clock.
///
/// On Linux a timer of the kernel does the waiting, watched by one thread: it is late by well under a millisecond, needs
/// no polling, and is told when the clock is set. Elsewhere the wait is cut into steps of at most a second, after each of
/// which the wall clock is compared with one that nobody sets.
public final class SystemSchedulerClock: SchedulerClock {
    #if os(Linux)
    private let timer: WallTimer

    /// Makes a clock, with a thread of its own.
    ///
    /// - Throws: `TaskiqError` with code `configuration` when the system has no descriptors or threads left.
    public init() throws(TaskiqError) {
        timer = try WallTimer()
    }

    deinit {
        timer.stop()
    }
    #else
    /// Makes a clock.
    public init() throws(TaskiqError) {}
    #endif

    /// The present instant.
    public var now: Timestamp { WallClock.now }

    /// Waits until the wall clock shows an instant or a later one.
    ///
    /// - Parameter deadline: the instant.
    /// - Returns: why the wait is over.
    /// - Throws: `CancellationError` when the task is cancelled, and nothing else.
    public func sleep(until deadline: Timestamp) async throws -> WakeReason {
        #if os(Linux)
        try await timer.sleep(until: deadline)
        #else
        try await SteppedSleep.sleep(until: deadline)
        #endif
    }
}
