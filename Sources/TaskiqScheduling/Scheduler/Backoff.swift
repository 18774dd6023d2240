// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Waits that double with each failure, up to a limit.
struct Backoff: Sendable {
    private let shortest: Duration
    private let longest: Duration
    /// How many failures there were since the last success.
    private(set) var failures = 0

    init(_ shortest: Duration, upTo longest: Duration) {
        self.shortest = shortest
        self.longest = longest
    }

    /// Counts a failure.
    ///
    /// - Returns: how long to wait before the next attempt.
    mutating func fail() -> Duration {
        failures += 1
        // The limit is reached long before the shift could overflow.
        return min(longest, shortest * (1 << min(failures - 1, 20)))
    }

    /// Forgets the failures.
    mutating func succeed() {
        failures = 0
    }

    /// Whether the failure just counted deserves a line in the log: the 1st, 2nd, 4th, 8th and so on.
    var isWorthALine: Bool { failures.nonzeroBitCount == 1 }
}
