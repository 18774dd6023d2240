// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// One of a worker's runners, as who cancels sees it: what it runs, and the task that runs it.
///
/// Deliveries have no task of their own, which would cost each of them a switch between threads. So a runner's whole
/// task is cancelled together with its delivery, and a new one takes its place.
final class DeliveryRunner: Sendable {
    private struct State {
        var receipt: (any DeliveryReceipt)?
        var task: Task<Bool, Never>?
        var reason: String?
    }

    private let state = Mutex(State())

    /// Why its delivery is cancelled; nil if it is not.
    var cancellationReason: String? { state.withLock { $0.reason } }

    /// A new task takes over; cancelled at once if its delivery was cancelled before it was known here.
    func adopt(_ task: Task<Bool, Never>) {
        state.withLock { state in
            state.task = task
            if state.reason != nil { task.cancel() }
        }
    }

    /// Takes a delivery; from now on it may be cancelled.
    func begin(_ delivery: AckableMessage) {
        state.withLock { $0.receipt = delivery.receipt }
    }

    /// The delivery can no longer be cancelled, as its task has ended.
    ///
    /// - Returns: why it was cancelled; nil if it was not.
    @discardableResult
    func end() -> String? {
        state.withLock { state in
            state.receipt = nil
            return state.reason
        }
    }

    /// Forgets a task that was cancelled.
    func renew() {
        state.withLock { $0 = State() }
    }

    /// Cancels the delivery if it is the one that is meant.
    func cancel(_ reason: String, where isMeant: (any DeliveryReceipt) -> Bool) -> Bool {
        state.withLock { state in
            guard let receipt = state.receipt, isMeant(receipt) else { return false }
            if state.reason == nil { state.reason = reason }
            // Under the lock, so that the runner does not begin something else before.
            state.task?.cancel()
            return true
        }
    }
}
