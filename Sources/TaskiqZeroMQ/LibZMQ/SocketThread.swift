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

/// A thread of its own for a body that waits on sockets, which must not hold up Swift's shared threads.
///
/// The body makes, uses and closes its sockets; others reach it through a ``Mailbox``, and end it that way. Signals
/// that are sent to the process (SIGTERM, SIGINT and the like) are left to other threads.
package final class SocketThread: Sendable {
    private enum State {
        case running([CheckedContinuation<Void, Never>])
        case finished
    }

    /// What the thread shares with those who wait for it; it outlives either.
    private final class Completion: Sendable {
        private let state = Mutex(State.running([]))

        func finish() {
            let waiting: [CheckedContinuation<Void, Never>] = state.withLock { state in
                guard case .running(let waiting) = state else { return [] }
                state = .finished
                return waiting
            }
            for continuation in waiting { continuation.resume() }
        }

        func wait() async {
            await withCheckedContinuation { continuation in
                let isFinished = state.withLock { state in
                    guard case .running(let waiting) = state else { return true }
                    state = .running(waiting + [continuation])
                    return false
                }
                if isFinished { continuation.resume() }
            }
        }
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        let completion: Completion

        init(name: String, body: @escaping @Sendable () -> Void, completion: Completion) {
            self.name = name
            self.body = body
            self.completion = completion
        }
    }

    /// The name, as debuggers and `top -H` show it.
    package let name: String
    private let completion = Completion()

    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - name: a name, of which Linux shows the first 15 bytes.
    ///   - body: what the thread does.
    /// - Throws: `ZeroMQError` with `wouldBlock` when the system has no more threads.
    package init(name: String, body: @escaping @Sendable () -> Void) throws(ZeroMQError) {
        self.name = Self.truncated(name)
        let start = Unmanaged.passRetained(Start(name: self.name, body: body, completion: completion))
        let result = Self.withSignalsBlocked { Self.startDetached(start.toOpaque()) }
        guard result == 0 else {
            start.release()
            throw ZeroMQError(ZeroMQError.Code(rawValue: result), operation: "start the thread \(self.name)")
        }
    }

    /// Waits until the body has returned and everything it held has been let go.
    ///
    /// It may be called more than once, does not occupy a thread, and is not cut short when its task is cancelled: a
    /// thread ends when its body does. A thread that nobody waits for runs on.
    package func join() async {
        await completion.wait()
    }

    fileprivate static func run(_ pointer: UnsafeMutableRawPointer) {
        var start: Start? = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
        let completion = start?.completion
        if let name = start?.name { czmq_name_thread(name) }
        start?.body()
        // Before those who wait go on: what the body captured may close a file or terminate a context.
        start = nil
        completion?.finish()
    }

    private static func startDetached(_ pointer: UnsafeMutableRawPointer) -> Int32 {
        #if canImport(Darwin)
        var created: pthread_t?
        let result = pthread_create(&created, nil, threadEntry, pointer)
        guard result == 0, let thread = created else { return result }
        #else
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, threadEntry, pointer)
        guard result == 0 else { return result }
        #endif
        // Detached, because joining would block the thread that joins; who waits is told by the completion.
        // It cannot fail for a thread that has just been made, and the thread has its argument already.
        _ = pthread_detach(thread)
        return 0
    }

    /// Starts a thread with the signals blocked, which it inherits: blocked in the thread itself, one could come first.
    private static func withSignalsBlocked(_ start: () -> Int32) -> Int32 {
        var blocked = sigset_t()
        sigfillset(&blocked)
        // These are about what the thread itself does, and are how a crash gets its backtrace.
        for signal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS] { sigdelset(&blocked, signal) }
        var previous = sigset_t()
        pthread_sigmask(SIG_SETMASK, &blocked, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        return start()
    }

    private static func truncated(_ name: String) -> String {
        var result = ""
        for character in name {
            guard result.utf8.count + character.utf8.count <= 15 else { break }
            result.append(character)
        }
        return result
    }
}

#if canImport(Darwin)
private func threadEntry(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    SocketThread.run(argument)
    return nil
}
#else
private func threadEntry(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { SocketThread.run(argument) }
    return nil
}
#endif
