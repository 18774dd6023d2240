// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Time since a moment, by any clock: its instants become durations, which can be stored beside each other.
struct Stopwatch: Sendable {
    /// How long ago the stopwatch was made.
    let elapsed: @Sendable () -> Duration
    private let sleepUntil: @Sendable (Duration) async throws -> Void

    init(_ clock: some Clock<Duration>) {
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
        sleepUntil = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
    }

    /// Sleeps until so much time has passed since the stopwatch was made, or for a hundred years.
    func sleep(until due: Duration) async throws {
        let now = elapsed()
        try await sleepUntil(due > now ? now + (due - now).withinCentury : due)
    }
}
