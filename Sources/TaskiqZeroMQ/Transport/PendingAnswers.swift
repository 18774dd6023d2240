// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Who waits for the hub's answer to a question about which task.
struct PendingAnswers<Answer: Sendable>: Sendable {
    typealias Waiter = CheckedContinuation<Answer, any Error>

    private var waiters: [TaskID: [UInt64: Waiter]] = [:]

    mutating func add(_ waiter: Waiter, token: UInt64, for taskID: TaskID) {
        waiters[taskID, default: [:]][token] = waiter
    }

    /// Takes all who ask about a task.
    mutating func take(_ taskID: TaskID) -> [Waiter] {
        waiters.removeValue(forKey: taskID).map { Array($0.values) } ?? []
    }

    /// Takes all who ask about anything.
    mutating func takeAll() -> [Waiter] {
        defer { waiters = [:] }
        return waiters.values.flatMap(\.values)
    }

    /// Takes one back; nil when it was answered.
    mutating func remove(_ token: UInt64, for taskID: TaskID) -> Waiter? {
        defer { if waiters[taskID]?.isEmpty == true { waiters[taskID] = nil } }
        return waiters[taskID]?.removeValue(forKey: token)
    }
}
