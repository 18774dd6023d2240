// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if os(Linux)
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Synchronization
import Taskiq
import TaskiqCron

/// Tasks that wait for instants of the wall clock, with one timer of the kernel and one thread that watches it.
///
/// Whoever begins to wait sets the timer, so the thread runs only when the timer fires, the clock is set, or at the end.
final class WallTimer: Sendable {
    private struct Sleeper {
        let deadline: Timestamp
        let continuation: CheckedContinuation<WakeReason, any Error>
    }

    private struct State {
        var sleepers: [UInt64: Sleeper] = [:]
        var armed = Timestamp.latest
        var counter: UInt64 = 0
    }

    private let state = Mutex(State())
    private let timer: WallTimerDescriptor
    /// A pipe whose writing end is closed when the thread is to end.
    private let stopReader: Int32
    private let stopWriter: Int32

    init() throws(TaskiqError) {
        var ends: [Int32] = [-1, -1]
        guard let timer = WallTimerDescriptor() else { throw Self.exhausted("a timer") }
        guard pipe(&ends) == 0 else {
            _ = close(timer.descriptor)
            throw Self.exhausted("a pipe")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.timer = timer
        stopReader = ends[0]
        stopWriter = ends[1]
        // From here on the thread owns the reading ends and the object itself; `stop` ends it.
        guard startThread() else {
            _ = close(stopWriter)
            closeReaders()
            throw Self.exhausted("a thread")
        }
    }

    /// Ends the thread; nobody may be waiting, or begin to.
    func stop() {
        _ = close(stopWriter)
    }

    func sleep(until deadline: Timestamp) async throws -> WakeReason {
        let number = state.withLock { state in
            state.counter += 1
            return state.counter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                add(Sleeper(deadline: deadline, continuation: continuation), number: number)
                // A cancellation before this point found nobody to wake.
                if Task.isCancelled { cancel(number) }
            }
        } onCancel: {
            cancel(number)
        }
    }

    private func add(_ sleeper: Sleeper, number: UInt64) {
        let woken = state.withLock { state in
            state.sleepers[number] = sleeper
            return sleeper.deadline < state.armed ? arm(&state, at: sleeper.deadline) : []
        }
        for sleeper in woken { sleeper.continuation.resume(returning: .clockWasSet) }
    }

    private func cancel(_ number: UInt64) {
        // The timer is left as it is: a wake-up for nobody sets it anew.
        state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume(throwing: CancellationError())
    }

    /// - Returns: those to wake, because the clock was set without notice.
    private func arm(_ state: inout State, at instant: Timestamp) -> [Sleeper] {
        state.armed = instant
        guard !timer.arm(at: instant) else { return [] }
        defer { state.sleepers = [:] }
        return Array(state.sleepers.values)
    }

    private func wakeSleepers(clockWasSet: Bool) {
        let now = WallClock.now
        let (reached, disturbed) = state.withLock { state in
            var reached: [Sleeper] = []
            for (number, sleeper) in state.sleepers where sleeper.deadline <= now {
                reached.append(sleeper)
                state.sleepers[number] = nil
            }
            var disturbed: [Sleeper] = []
            if clockWasSet {
                disturbed = Array(state.sleepers.values)
                state.sleepers = [:]
            }
            let next = state.sleepers.values.map(\.deadline).min() ?? .latest
            disturbed += arm(&state, at: next)
            return (reached, disturbed)
        }
        for sleeper in reached { sleeper.continuation.resume(returning: clockWasSet ? .clockWasSet : .reached) }
        for sleeper in disturbed { sleeper.continuation.resume(returning: .clockWasSet) }
    }

    fileprivate func watch() {
        // So that the clock's being set is noticed from the start.
        wakeSleepers(clockWasSet: false)
        while true {
            var descriptors = [
                pollfd(fd: timer.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&descriptors, 2, -1) > 0 else { continue }
            if descriptors[1].revents != 0 { break }
            wakeSleepers(clockWasSet: !timer.acknowledge())
        }
        closeReaders()
    }

    private func closeReaders() {
        _ = close(timer.descriptor)
        _ = close(stopReader)
    }

    private func startThread() -> Bool {
        // Signals are left to the threads that expect them, but for those about what the thread itself does.
        var blocked = sigset_t()
        sigfillset(&blocked)
        for signal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS] { sigdelset(&blocked, signal) }
        var previous = sigset_t()
        pthread_sigmask(SIG_SETMASK, &blocked, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        let pointer = Unmanaged.passRetained(self)
        var thread = pthread_t()
        guard pthread_create(&thread, nil, threadEntry, pointer.toOpaque()) == 0 else {
            pointer.release()
            return false
        }
        _ = pthread_detach(thread)
        return true
    }

    private static func exhausted(_ resource: String) -> TaskiqError {
        let reason = String(cString: strerror(errno))
        return TaskiqError(
            .configuration,
            "the scheduler's clock needs \(resource), and the system has none: \(reason)"
        )
    }
}

private func threadEntry(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { Unmanaged<WallTimer>.fromOpaque(argument).takeRetainedValue().watch() }
    return nil
}
#endif
