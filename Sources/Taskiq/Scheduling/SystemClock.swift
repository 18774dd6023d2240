// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The clocks of the system, in milliseconds.
enum SystemClock {
    /// Milliseconds since 1970.
    static var realtime: Int64 { milliseconds(of: CLOCK_REALTIME) }

    /// Milliseconds since the machine started, time asleep included.
    static var boottime: Int64 {
        #if os(Linux)
        milliseconds(of: CLOCK_BOOTTIME)
        #else
        milliseconds(of: CLOCK_MONOTONIC)
        #endif
    }

    /// The parts of a `timespec` are read by their place: in release builds the compiler takes it for another module's as
    /// soon as a file of this one extends `Duration`, and its members are then out of sight.
    private static func milliseconds(of clock: clockid_t) -> Int64 {
        withUnsafeTemporaryAllocation(of: timespec.self, capacity: 1) { time in
            guard let place = time.baseAddress, clock_gettime(clock, place) == 0 else { return 0 }
            let parts = UnsafeRawPointer(place)
            let nanoseconds = parts.load(fromByteOffset: MemoryLayout<timespec>.size / 2, as: Int.self)
            return Int64(parts.load(as: Int.self)) * 1000 + Int64(nanoseconds) / 1_000_000
        }
    }
}
