// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import Synchronization

/// What arrives, for whoever waits for it; waiting can be cancelled, and then takes nothing.
final class Inbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: Deque<Element> = []
        var waiters: Deque<(id: UInt64, continuation: CheckedContinuation<Element, any Error>)> = []
        var lastID: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// How many have arrived and were not taken.
    var count: Int { state.withLock { $0.elements.count } }

    func put(_ element: Element) {
        let waiter = state.withLock { state in
            let waiter = state.waiters.popFirst()
            if waiter == nil { state.elements.append(element) }
            return waiter
        }
        waiter?.continuation.resume(returning: element)
    }

    /// Ends the waiting; what has arrived can still be taken.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(throwing: CancellationError()) }
    }

    func next() async throws -> Element {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let element = state.withLock { state -> Element? in
                    if let element = state.elements.popFirst() { return element }
                    state.waiters.append((id, continuation))
                    return nil
                }
                if let element {
                    continuation.resume(returning: element)
                } else if Task.isCancelled || state.withLock({ $0.isClosed }) {
                    cancel(id)
                }
            }
        } onCancel: {
            cancel(id)
        }
    }

    /// Takes everything that has arrived.
    func takeAll() -> [Element] {
        state.withLock { state in
            defer { state.elements = [] }
            return Array(state.elements)
        }
    }

    private func cancel(_ id: UInt64) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }
}
