// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The clock by which deadlines between processes are measured: it never steps, and counts time asleep.
package enum Uptime {
    /// Milliseconds since the machine started.
    package static var milliseconds: Int64 {
        SystemClock.boottime
    }

    /// What the clock will show when a time has passed; `Int64.max`, which never comes, for one without end.
    package static func milliseconds(after duration: Duration) -> Int64 {
        milliseconds.adding(duration)
    }
}

extension Int64 {
    /// An instant in milliseconds, moved by a duration; at most what fits, so that "no limit" may be as long as it likes.
    package func adding(_ duration: Duration) -> Int64 {
        let (sum, isTooMuch) = addingReportingOverflow(duration.inMilliseconds)
        return isTooMuch ? (duration < .zero ? .min : .max) : sum
    }
}
