// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Waits until one of several sockets can be used, or until another thread has work for this one.
///
/// A poller belongs to the thread of its sockets and is kept between waits, which allocate nothing. It does not own the
/// sockets: those that it watches must stay open for as long as it is used, and a wait after one was closed throws.
package struct Poller: ~Copyable {
    /// A socket that a poller watches.
    package struct Entry: Sendable, Hashable {
        fileprivate let index: Int
    }

    /// What to wait for on a socket.
    package struct Interest: OptionSet, Sendable, Hashable {
        /// The bits of zmq_poll.
        package var rawValue: Int16

        /// Makes an interest.
        ///
        /// - Parameter rawValue: the bits of zmq_poll.
        package init(rawValue: Int16) {
            self.rawValue = rawValue
        }

        /// A message can be received.
        package static let readable = Interest(rawValue: Int16(ZMQ_POLLIN))
        /// A message can be sent.
        package static let writable = Interest(rawValue: Int16(ZMQ_POLLOUT))
    }

    private let wakeup: Wakeup?
    private var handles: [SocketHandle] = []
    // The sockets in the order of their handles, then the wakeup.
    private var items: [zmq_pollitem_t] = []
    private var briefWait = BriefWait()

    /// Whether the wakeup was signalled up to the last wait: there is work to look for.
    package private(set) var isSignalled = false

    /// Makes a poller that watches no socket yet.
    ///
    /// - Parameter wakeup: what other threads wake it with; no other poller may have the same.
    package init(wakeup: Wakeup? = nil) {
        self.wakeup = wakeup
        if let wakeup {
            items.append(zmq_pollitem_t(socket: nil, fd: wakeup.descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
        }
    }

    /// Watches a socket from the next wait on.
    ///
    /// - Parameters:
    ///   - socket: a socket of this thread.
    ///   - interest: what to wait for.
    /// - Returns: what to ask about the socket with.
    /// - Throws: `ZeroMQError` with `closed`.
    package mutating func watch(
        _ socket: borrowing ZeroMQSocket,
        for interest: Interest = .readable
    ) throws(ZeroMQError) -> Entry {
        let pointer = try socket.handle.open(for: "watch a socket")
        let entry = Entry(index: handles.count)
        handles.append(socket.handle)
        items.insert(
            zmq_pollitem_t(socket: pointer, fd: 0, events: interest.rawValue, revents: 0),
            at: entry.index
        )
        return entry
    }

    /// Changes what is waited for on a socket.
    ///
    /// Nothing at all stops reading from its peers: their messages wait, here and then with them.
    ///
    /// - Parameters:
    ///   - interest: what to wait for from the next wait on.
    ///   - entry: the socket.
    package mutating func setInterest(_ interest: Interest, in entry: Entry) {
        items[entry.index].events = interest.rawValue
    }

    /// Waits until a socket is ready, the wakeup is signalled, or time is up.
    ///
    /// After a wait that finds ``isSignalled``, all work that other threads may have put in place has to be looked for:
    /// the signal is given once.
    ///
    /// - Parameter timeout: the longest wait, rounded up to milliseconds, at most 24 days; nil is for ever.
    /// - Returns: false if time was up.
    /// - Throws: `ZeroMQError` with `closed` when a watched socket has been closed.
    package mutating func wait(timeout: Duration? = nil) throws(ZeroMQError) -> Bool {
        for handle in handles { _ = try handle.open(for: "poll") }
        let deadline = timeout.map { ContinuousClock.now + .milliseconds($0.wholeMilliseconds) }
        let start = Self.nanoseconds
        let outcome = briefWait.isWorthwhile && timeout != .zero ? lookAgain(since: start) : .slept
        defer { briefWait.note(Self.nanoseconds - start, outcome) }
        while true {
            let maySleep = wakeup?.beginSleep() ?? true
            let ready = poll(until: maySleep ? deadline : ContinuousClock.now)
            isSignalled = wakeup?.endSleep() ?? false
            guard ready >= 0 else { throw ZeroMQError(Code(rawValue: -ready), operation: "poll") }

            guard let wakeup, items[handles.count].revents != 0 else { return ready > 0 || isSignalled }
            wakeup.clear()
            if ready > 1 || isSignalled { return true }
            // The write came late, for a signal that an earlier wait has reported: time is not up.
        }
    }

    /// Whether a message could be received from a socket at the last wait.
    ///
    /// - Parameter entry: the socket.
    /// - Returns: whether it could; false if that was not waited for.
    package func isReadable(_ entry: Entry) -> Bool {
        items[entry.index].revents & Interest.readable.rawValue != 0
    }

    /// Whether a message could be sent by a socket at the last wait.
    ///
    /// - Parameter entry: the socket.
    /// - Returns: whether it could; false if that was not waited for.
    package func isWritable(_ entry: Entry) -> Bool {
        items[entry.index].revents & Interest.writable.rawValue != 0
    }
}

extension Poller {
    private typealias Code = ZeroMQError.Code

    /// Looks for something to do until there is something, others want to run, or it has taken too long.
    ///
    /// What was found is found again by the poll after it.
    private mutating func lookAgain(since start: Int64) -> BriefWait.Outcome {
        var time = start
        while time - start < BriefWait.longest {
            if wakeup?.isSignalled ?? false { return .found }
            if zmq_poll(&items, Int32(clamping: items.count), 0) != 0 { return .found }
            sched_yield()
            let next = Self.nanoseconds
            if next - time > BriefWait.longestLook { return .crowded }
            time = next
        }
        return .nothing
    }

    private static var nanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Polls, again after every signal of the system.
    ///
    /// - Returns: how many items are ready, or an error number below zero.
    private mutating func poll(until deadline: ContinuousClock.Instant?) -> Int32 {
        while true {
            let timeout = deadline.map { Int(($0 - ContinuousClock.now).wholeMilliseconds) } ?? -1
            let ready = zmq_poll(&items, Int32(clamping: items.count), timeout)
            guard ready < 0 else { return ready }
            let code = czmq_last_error()
            guard code == Code.interrupted.rawValue else { return -code }
        }
    }
}
