// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import TaskiqCron

/// A flag that one task waits for; raising it again before it is seen changes nothing.
final class Signal: Sendable {
    private struct State {
        var isRaised = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Raises the flag.
    func raise() {
        let waiter = state.withLock { state in
            state.isRaised = state.waiter == nil
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Waits until the flag is raised, and lowers it; returns as well when the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isRaised {
                        state.isRaised = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isOver { return continuation.resume() }
                // A cancellation before this point found nobody to wake.
                if Task.isCancelled { release() }
            }
        } onCancel: {
            release()
        }
    }

    private func release() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}

extension SchedulerClock {
    /// Waits for an instant or a signal, whatever comes first; returns as well when the task is cancelled.
    ///
    /// A signal that comes together with the instant may be lowered without being reported, so look for its cause
    /// after each wait.
    ///
    /// - Returns: why the clock woke the task; nil if it was not the clock.
    /// - Throws: what a clock throws that cannot wait.
    func wait(until deadline: Timestamp, or signal: Signal) async throws -> WakeReason? {
        try await withThrowingTaskGroup(of: WakeReason?.self) { group in
            group.addTask {
                do {
                    return try await self.sleep(until: deadline)
                } catch is CancellationError {
                    return nil
                }
            }
            group.addTask {
                await signal.wait()
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
