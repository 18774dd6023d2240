// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The clock by which deadlines between processes are measured: it never steps, and counts time asleep.
package enum Uptime {
    /// Milliseconds since the machine started.
    package static var milliseconds: Int64 {
        var time = timespec()
        #if os(Linux)
        clock_gettime(CLOCK_BOOTTIME, &time)
        #else
        clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
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
