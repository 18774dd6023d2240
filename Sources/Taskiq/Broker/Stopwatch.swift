// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Time since a moment, by any clock: its instants become durations, which can be stored beside each other.
struct Stopwatch: Sendable {
    /// How long ago the stopwatch was made.
    let elapsed: @Sendable () -> Duration
    private let sleepUntil: @Sendable (Duration) async throws -> Void

    /// The longest sleep; clocks convert to nanoseconds, and trap on what does not fit.
    private static let longestSleep = Duration.seconds(36_500 * 86_400)

    init(_ clock: some Clock<Duration>) {
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
        sleepUntil = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
    }

    /// Sleeps until so much time has passed since the stopwatch was made, or for a hundred years.
    func sleep(until due: Duration) async throws {
        try await sleepUntil(min(due, elapsed() + Self.longestSleep))
    }
}
