// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Who waits for the hub's answer, and what about: a task or a delivery.
struct PendingAnswers<Subject: Hashable & Sendable, Answer: Sendable>: Sendable {
    typealias Waiter = CheckedContinuation<Answer, any Error>

    private var waiters: [Subject: [UInt64: Waiter]] = [:]

    mutating func add(_ waiter: Waiter, token: UInt64, for subject: Subject) {
        waiters[subject, default: [:]][token] = waiter
    }

    /// Whether anybody asks about a subject.
    func contains(_ subject: Subject) -> Bool {
        waiters[subject] != nil
    }

    /// Takes all who ask about a subject.
    mutating func take(_ subject: Subject) -> [Waiter] {
        waiters.removeValue(forKey: subject).map { Array($0.values) } ?? []
    }

    /// Takes all who ask about anything.
    mutating func takeAll() -> [Waiter] {
        defer { waiters = [:] }
        return waiters.values.flatMap(\.values)
    }

    /// Takes one back; nil when it was answered.
    mutating func remove(_ token: UInt64, for subject: Subject) -> Waiter? {
        defer { if waiters[subject]?.isEmpty == true { waiters[subject] = nil } }
        return waiters[subject]?.removeValue(forKey: token)
    }
}
