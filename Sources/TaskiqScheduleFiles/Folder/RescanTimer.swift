// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Decides when the files are looked through: after a change when all has been quiet for a while, but not put off for
/// ever by somebody who keeps writing, and from time to time anyway.
struct RescanTimer {
    private let quietTime: Duration
    private let interval: Duration
    private var lastScan: ContinuousClock.Instant
    private var firstChange: ContinuousClock.Instant?
    private var lastChange: ContinuousClock.Instant?

    /// How many quiet times a scan can be put off by changes that go on.
    private static let patience = 4

    init(quietTime: Duration, interval: Duration, now: ContinuousClock.Instant) {
        self.quietTime = quietTime
        self.interval = interval
        lastScan = now
    }

    /// When the next scan is due.
    var deadline: ContinuousClock.Instant {
        let routine = lastScan + interval
        guard let firstChange, let lastChange else { return routine }
        return min(routine, lastChange + quietTime, firstChange + quietTime * Self.patience)
    }

    mutating func noticedChange(at now: ContinuousClock.Instant) {
        firstChange = firstChange ?? now
        lastChange = now
    }

    mutating func scanned(at now: ContinuousClock.Instant) {
        lastScan = now
        firstChange = nil
        lastChange = nil
    }

    /// How long to wait, in milliseconds, rounded up so that waiting never ends before the deadline.
    func timeout(at now: ContinuousClock.Instant) -> Int32 {
        let wait = now.duration(to: deadline)
        guard wait > .zero else { return 0 }
        let milliseconds = wait / .milliseconds(1)
        return Int32(min(milliseconds.rounded(.up), 3_600_000))
    }
}
