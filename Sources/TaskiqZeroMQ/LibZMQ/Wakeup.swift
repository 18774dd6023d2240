// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What lets any thread wake the one thread that sleeps in a ``Poller``.
///
/// A system call is made only when that thread sleeps, or is about to. The state is one word, which both sides change
/// in single atomic steps:
///
/// | step | by | awake | signalled | sleeping |
/// | --- | --- | --- | --- | --- |
/// | `signal` | any thread | → signalled | stays | → signalled, and writes to the descriptor |
/// | `beginSleep` | the poller | → sleeping | stays, and the poller does not sleep | cannot be |
/// | `endSleep` | the poller | stays | → awake, and the poller's thread looks for work | → awake |
///
/// No wake-up can be lost: work is put in place before `signal`, and looked for after `endSleep`. The changes of one
/// word have an order, so a signal comes either before an `endSleep`, and the thread then sees the work; or after it,
/// and then the next `beginSleep` finds the word signalled, or the signal finds it sleeping and writes. A write that
/// comes late, when the thread has been woken by something else, only interrupts the next sleep, and the poller goes on
/// with it.
package final class Wakeup: Sendable {
    private enum State {
        static let awake: UInt8 = 0
        static let signalled: UInt8 = 1
        static let sleeping: UInt8 = 2
    }

    private let state = Atomic<UInt8>(State.awake)
    /// The descriptor to poll; read by the poller's thread only.
    let descriptor: Int32
    // The same descriptor with an eventfd; the other end of a pipe.
    private let writeDescriptor: Int32

    /// Makes a wakeup.
    ///
    /// - Throws: `ZeroMQError` with `tooManySockets` when there are no descriptors left.
    package init() throws(ZeroMQError) {
        #if os(Linux)
        descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        writeDescriptor = descriptor
        guard descriptor >= 0 else { throw ZeroMQError.last("make a wakeup") }
        #else
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ZeroMQError.last("make a wakeup") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        writeDescriptor = ends[1]
        #endif
    }

    deinit {
        guard descriptor >= 0 else { return }
        _ = close(descriptor)
        if writeDescriptor != descriptor { _ = close(writeDescriptor) }
    }

    /// Has the thread look for work, waking it if it sleeps; to be called after the work is in place.
    package func signal() {
        guard state.exchange(State.signalled, ordering: .acquiringAndReleasing) == State.sleeping else { return }
        // An eventfd takes eight bytes. It fails only when so much is unread that the descriptor is readable anyway.
        var one: UInt64 = 1
        while write(writeDescriptor, &one, MemoryLayout.size(ofValue: one)) < 0, errno == EINTR {}
    }

    /// Announces that the thread is about to sleep; the poller does.
    ///
    /// - Returns: false if it was signalled and must not sleep.
    package func beginSleep() -> Bool {
        state.compareExchange(
            expected: State.awake,
            desired: State.sleeping,
            ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// Announces that the thread is awake; the poller does.
    ///
    /// - Returns: whether it was signalled.
    package func endSleep() -> Bool {
        state.exchange(State.awake, ordering: .acquiringAndReleasing) == State.signalled
    }

    /// Whether the thread has been told to look for work; asked by that thread while it is awake.
    var isSignalled: Bool { state.load(ordering: .relaxed) == State.signalled }

    /// Makes the descriptor unreadable again.
    func clear() {
        var counter: UInt64 = 0
        // An eventfd is empty after one read; a pipe may take more, and says so by being readable again.
        while read(descriptor, &counter, MemoryLayout.size(ofValue: counter)) < 0, errno == EINTR {}
    }
}
