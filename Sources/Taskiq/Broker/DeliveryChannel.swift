// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import Synchronization

/// Deliveries on their way from a transport's thread to the runners of a worker.
///
/// Batches go in, single deliveries come out; a runner that finds one waiting takes it without a suspension.
public final class DeliveryChannel: Sendable {
    private struct State {
        var deliveries: Deque<AckableMessage> = []
        var waiters: Deque<CheckedContinuation<AckableMessage?, Never>> = []
        var isFinished = false
    }

    private let state = Mutex(State())

    /// Makes an empty channel.
    public init() {}

    /// Puts deliveries in; those that come after the end are released.
    ///
    /// - Parameter batch: the deliveries, in order.
    public func offer(_ batch: [AckableMessage]) {
        guard !batch.isEmpty else { return }
        var taken: [(CheckedContinuation<AckableMessage?, Never>, AckableMessage)] = []
        let late = state.withLock { state -> [AckableMessage] in
            if state.isFinished { return batch }
            for delivery in batch {
                if let waiter = state.waiters.popFirst() {
                    taken.append((waiter, delivery))
                } else {
                    state.deliveries.append(delivery)
                }
            }
            return []
        }
        for (waiter, delivery) in taken { waiter.resume(returning: delivery) }
        for delivery in late { delivery.receipt.settle(.released) }
    }

    /// Takes the next delivery, waiting for one.
    ///
    /// - Returns: the delivery; nil after the end.
    public func next() async -> AckableMessage? {
        await withCheckedContinuation { continuation in
            let (answer, isReady) = state.withLock { state -> (AckableMessage?, Bool) in
                if let delivery = state.deliveries.popFirst() { return (delivery, true) }
                if state.isFinished { return (nil, true) }
                state.waiters.append(continuation)
                return (nil, false)
            }
            if isReady { continuation.resume(returning: answer) }
        }
    }

    /// Ends the channel: who waits gets nil, and deliveries that nobody took are released.
    public func finish() {
        let (waiters, deliveries) = state.withLock { state in
            state.isFinished = true
            defer {
                state.waiters = []
                state.deliveries = []
            }
            return (state.waiters, state.deliveries)
        }
        for waiter in waiters { waiter.resume(returning: nil) }
        for delivery in deliveries { delivery.receipt.settle(.released) }
    }
}
