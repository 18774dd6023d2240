// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if os(Linux)
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import TaskiqCron

// Neither Glibc nor Musl, as Swift sees them, has <sys/timerfd.h>. The functions are in every libc for Linux, and take
// nothing but integers and pointers, which Swift passes as C does.
@_silgen_name("timerfd_create")
private func timerfd_create(_ clock: Int32, _ flags: Int32) -> Int32
@_silgen_name("timerfd_settime")
private func timerfd_settime(
    _ descriptor: Int32,
    _ flags: Int32,
    _ new: UnsafePointer<itimerspec>,
    _ old: UnsafeMutablePointer<itimerspec>?
) -> Int32

/// The kernel's timer on the wall clock: timerfd_create(2).
///
/// It fires at an instant, wherever the clock is set to in the meantime, and says when it is set.
struct WallTimerDescriptor {
    // TFD_TIMER_ABSTIME and TFD_TIMER_CANCEL_ON_SET of the header that is missing.
    private static let absoluteTime: Int32 = 1 << 0
    private static let cancelOnSet: Int32 = 1 << 1
    /// The kernel keeps instants in nanoseconds of 64 bits; beyond this year, 2100, it is asked for an earlier wake-up.
    private static let latest = Timestamp(secondsSinceEpoch: 4_102_444_800)

    /// The descriptor, to be polled and closed by its owner.
    let descriptor: Int32

    /// Makes a timer; nil when the system has no descriptors left.
    init?() {
        // TFD_CLOEXEC and TFD_NONBLOCK are defined to be these.
        descriptor = timerfd_create(CLOCK_REALTIME, O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
    }

    /// Has the descriptor become readable at an instant, or when the clock is set.
    ///
    /// - Parameter instant: the instant.
    /// - Returns: false if the clock was set since it was last heard of; the timer is set all the same.
    func arm(at instant: Timestamp) -> Bool {
        // A time of zero would disarm the timer.
        let milliseconds = max(1, min(instant, Self.latest).millisecondsSinceEpoch)
        var time = itimerspec()
        time.it_value.tv_sec = time_t(milliseconds / 1000)
        time.it_value.tv_nsec = Int(milliseconds % 1000) * 1_000_000
        let result = timerfd_settime(descriptor, Self.absoluteTime | Self.cancelOnSet, &time, nil)
        return result == 0 || errno != ECANCELED
    }

    /// Makes the descriptor unreadable again.
    ///
    /// - Returns: false if the clock was set.
    func acknowledge() -> Bool {
        var expirations: UInt64 = 0
        let count = read(descriptor, &expirations, MemoryLayout.size(ofValue: expirations))
        return count >= 0 || errno != ECANCELED
    }
}
#endif
