// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import Synchronization

/// Results in the memory of this process, the oldest dropped when there are too many.
public final class InMemoryResultBackend: ResultBackend {
    private struct State {
        var results: [TaskID: StoredResult] = [:]
        var order: Deque<TaskID> = []
        var progress: [TaskID: TaskProgress] = [:]
        var progressOrder: Deque<TaskID> = []
        var waiters = ResultWaiters()
        /// How many brokers have started it and not stopped it.
        var users = 0
        var isShutDown = false
    }

    private let state = Mutex(State())
    private let limit: Int

    /// Makes a backend.
    ///
    /// - Parameter maximumStoredResults: how many results are kept, 1 or more; nil for all (Python's -1). Python's default
    ///   is 100.
    public init(maximumStoredResults: Int? = 10_000) {
        limit = max(1, maximumStoredResults ?? .max)
    }

    /// A broker starts.
    public func startup() async {
        state.withLock { state in
            state.users += 1
            state.isShutDown = false
        }
    }

    /// A broker stops; with the last one all waiting ends in an error, while results that are there can still be fetched.
    public func shutdown() async {
        let waiters = state.withLock { state in
            state.users = max(0, state.users - 1)
            guard state.users == 0 else { return [ResultWaiters.Waiter]() }
            state.isShutDown = true
            return state.waiters.takeAll()
        }
        for waiter in waiters { waiter.resume(throwing: Self.shutDown) }
    }

    private static let shutDown = TaskiqError(.shutdown, "the broker has been shut down")

    /// Stores a result and wakes who waits for it.
    public func setResult(_ result: StoredResult, for taskID: TaskID) async throws {
        let waiters = state.withLock { state in
            if state.results.updateValue(result, forKey: taskID) == nil { state.order.append(taskID) }
            while state.order.count > limit, let oldest = state.order.popFirst() { state.results[oldest] = nil }
            return state.waiters.take(taskID)
        }
        for waiter in waiters { waiter.resume(returning: result) }
    }

    /// Fetches a result.
    public func result(for taskID: TaskID) async throws -> StoredResult? {
        state.withLock { $0.results[taskID] }
    }

    /// Keeps how far a task is, of as many tasks as results.
    public func setProgress(_ progress: TaskProgress, for taskID: TaskID) async throws {
        state.withLock { state in
            if state.progress.updateValue(progress, forKey: taskID) == nil { state.progressOrder.append(taskID) }
            while state.progressOrder.count > limit, let oldest = state.progressOrder.popFirst() {
                state.progress[oldest] = nil
            }
        }
    }

    /// How far a task is.
    public func progress(for taskID: TaskID) async throws -> TaskProgress? {
        state.withLock { $0.progress[taskID] }
    }

    /// Waits until the result is stored.
    ///
    /// - Throws: `TaskiqError` with code `resultTimeout` when the time is over, `shutdown` when the broker is shut down.
    public func waitForResult(
        for taskID: TaskID,
        timeout: Duration?,
        checkInterval: Duration
    ) async throws -> StoredResult {
        // A result that is there is given out even when there is no time to wait.
        if let result = try await result(for: taskID) { return result }
        return try await ResultWaiters.wait(for: taskID, timeout: timeout) { continuation, token in
            self.state.withLock { state -> StoredResult? in
                if let result = state.results[taskID] { return result }
                if state.isShutDown {
                    continuation.resume(throwing: Self.shutDown)
                    return nil
                }
                state.waiters.add(continuation, token: token, for: taskID)
                return nil
            }
        } cancel: { token in
            self.state.withLock { $0.waiters.remove(token, for: taskID) }
        }
    }
}
