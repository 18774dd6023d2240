// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import TaskiqCron

@testable import TaskiqScheduling

/// A wall clock that stands still until a test moves it.
final class ManualSchedulerClock: SchedulerClock {
    private struct Sleeper {
        let deadline: Timestamp
        let continuation: CheckedContinuation<WakeReason, any Error>
    }

    private struct Watcher {
        let deadline: Timestamp
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Timestamp
        var sleepers: [Int: Sleeper] = [:]
        var watchers: [Watcher] = []
        var counter = 0
    }

    private let state: Mutex<State>

    init(_ now: Timestamp) {
        state = Mutex(State(now: now))
    }

    var now: Timestamp { state.withLock { $0.now } }

    /// The deadlines that tasks sleep to, in order.
    var deadlines: [Timestamp] { state.withLock { $0.sleepers.values.map(\.deadline).sorted() } }

    /// Lets time pass.
    func advance(to instant: Timestamp) {
        let due = state.withLock { state in
            state.now = instant
            let due = state.sleepers.filter { $0.value.deadline <= instant }
            for number in due.keys { state.sleepers[number] = nil }
            return Array(due.values)
        }
        for sleeper in due { sleeper.continuation.resume(returning: .reached) }
    }

    /// Sets the clock, as an administrator does.
    func set(to instant: Timestamp) {
        let all = state.withLock { state in
            state.now = instant
            defer { state.sleepers = [:] }
            return Array(state.sleepers.values)
        }
        for sleeper in all { sleeper.continuation.resume(returning: .clockWasSet) }
    }

    /// Waits until some task sleeps to an instant.
    func someoneSleeps(until deadline: Timestamp) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sleepers.values.contains(where: { $0.deadline == deadline }) { return true }
                state.watchers.append(Watcher(deadline: deadline, continuation: continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    func sleep(until deadline: Timestamp) async throws -> WakeReason {
        let number = state.withLock { state in
            state.counter += 1
            return state.counter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isOver, watchers) = state.withLock { state in
                    if deadline <= state.now { return (true, [Watcher]()) }
                    state.sleepers[number] = Sleeper(deadline: deadline, continuation: continuation)
                    let watchers = state.watchers.filter { $0.deadline == deadline }
                    state.watchers.removeAll { $0.deadline == deadline }
                    return (false, watchers)
                }
                if isOver { return continuation.resume(returning: .reached) }
                for watcher in watchers { watcher.continuation.resume() }
                if Task.isCancelled { cancel(number) }
            }
        } onCancel: {
            cancel(number)
        }
    }

    private func cancel(_ number: Int) {
        state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume(throwing: CancellationError())
    }
}
