// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// Who waits for which result: the part that every backend that is told of results has in common.
package struct ResultWaiters: Sendable {
    package typealias Waiter = CheckedContinuation<StoredResult, any Error>

    private var waiters: [TaskID: [(token: UInt64, waiter: Waiter)]] = [:]

    package init() {}

    /// The tasks that somebody waits for.
    package var taskIDs: some Collection<TaskID> { waiters.keys }

    package mutating func add(_ waiter: Waiter, token: UInt64, for taskID: TaskID) {
        waiters[taskID, default: []].append((token, waiter))
    }

    /// Takes all who wait for a task.
    package mutating func take(_ taskID: TaskID) -> [Waiter] {
        waiters.removeValue(forKey: taskID)?.map(\.waiter) ?? []
    }

    /// Takes all who wait for anything.
    package mutating func takeAll() -> [Waiter] {
        defer { waiters = [:] }
        return waiters.values.flatMap { $0.map(\.waiter) }
    }

    /// Takes one back; nil when it was taken before.
    package mutating func remove(_ token: UInt64, for taskID: TaskID) -> Waiter? {
        guard let index = waiters[taskID]?.firstIndex(where: { $0.token == token }) else { return nil }
        let waiter = waiters[taskID]?.remove(at: index).waiter
        if waiters[taskID]?.isEmpty == true { waiters[taskID] = nil }
        return waiter
    }

    /// Whether a waiter has not been answered.
    package func contains(_ token: UInt64, for taskID: TaskID) -> Bool {
        waiters[taskID]?.contains { $0.token == token } ?? false
    }

    /// Tells one waiter from all others.
    package static func newToken() -> UInt64 { tokens.add(1, ordering: .relaxed).newValue }

    private static let tokens = Atomic<UInt64>(0)

    /// Waits for a result, for at most a time, ending early when the task is cancelled.
    ///
    /// - Parameters:
    ///   - taskID: whose result.
    ///   - timeout: how long; nil for ever.
    ///   - register: puts the waiter in place, or returns the result if it is there already.
    ///   - cancel: takes the waiter back, or returns nil when it was answered.
    /// - Returns: the result.
    /// - Throws: `TaskiqError` with code `resultTimeout`; `CancellationError`.
    package static func wait(
        for taskID: TaskID,
        timeout: Duration?,
        register: @escaping @Sendable (Waiter, UInt64) -> StoredResult?,
        cancel: @escaping @Sendable (UInt64) -> Waiter?
    ) async throws -> StoredResult {
        let token = newToken()
        return try await withThrowingTaskGroup(of: StoredResult?.self) { group in
            group.addTask {
                try await withTaskCancellationHandler {
                    try await withCheckedThrowingContinuation { continuation in
                        if let result = register(continuation, token) {
                            continuation.resume(returning: result)
                        } else if Task.isCancelled {
                            // The handler may have run before there was a waiter to take back.
                            cancel(token)?.resume(throwing: CancellationError())
                        }
                    }
                } onCancel: {
                    cancel(token)?.resume(throwing: CancellationError())
                }
            }
            if let timeout {
                group.addTask {
                    try await Task.sleep(for: timeout.withinCentury)
                    return nil
                }
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw TaskiqError.resultTimeout(taskID, timeout)
            }
            return result
        }
    }
}
