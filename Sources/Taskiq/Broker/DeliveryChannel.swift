// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import Synchronization

/// Deliveries on their way from a transport's thread to the runners of a worker.
///
/// Batches go in, single deliveries come out; a runner that finds one waiting takes it without a suspension.
public final class DeliveryChannel: Sendable {
    private struct Waiter {
        var continuation: CheckedContinuation<AckableMessage?, Never>
        var runner: DeliveryRunner?
    }

    private struct State {
        var deliveries: Deque<AckableMessage> = []
        var waiters: Deque<Waiter> = []
        var runners: [DeliveryRunner] = []
        /// How many of the runners have yet to come for their first delivery.
        var startingRunners = 0
        /// Who makes another runner when one is wanted.
        var spawner: CheckedContinuation<Bool, Never>?
        var isFinished = false
        var isDrained = false

        /// Whether what waits is more than the runners on their way here will take.
        var wantsRunner: Bool { deliveries.count > startingRunners }

        /// Takes one that waits; under the lock, so that whoever cancels it finds it either here or with its runner.
        mutating func take(for runner: DeliveryRunner?) -> AckableMessage? {
            guard let delivery = deliveries.popFirst() else { return nil }
            runner?.begin(delivery)
            return delivery
        }
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
        var spawner: CheckedContinuation<Bool, Never>?
        let late = state.withLock { state -> [AckableMessage] in
            if state.isFinished { return batch }
            for delivery in batch {
                if let waiter = state.waiters.popFirst() {
                    waiter.runner?.begin(delivery)
                    taken.append((waiter.continuation, delivery))
                } else {
                    state.deliveries.append(delivery)
                }
            }
            if state.spawner != nil, state.wantsRunner { swap(&spawner, &state.spawner) }
            return []
        }
        spawner?.resume(returning: true)
        for (waiter, delivery) in taken { waiter.resume(returning: delivery) }
        for delivery in late { delivery.receipt.settle(.released) }
    }

    /// Takes the next delivery, waiting for one.
    ///
    /// - Returns: the delivery; nil after the end.
    public func next() async -> AckableMessage? {
        await next(for: nil)
    }

    func next(for runner: DeliveryRunner?) async -> AckableMessage? {
        if let delivery = state.withLock({ $0.take(for: runner) }) { return delivery }
        return await withCheckedContinuation { continuation in
            let (answer, isReady) = state.withLock { state -> (AckableMessage?, Bool) in
                if let delivery = state.take(for: runner) { return (delivery, true) }
                if state.isFinished { return (nil, true) }
                state.waiters.append(Waiter(continuation: continuation, runner: runner))
                return (nil, false)
            }
            if isReady { continuation.resume(returning: answer) }
        }
    }

    /// Ends the channel: who waits gets nil, and deliveries that nobody took are released.
    public func finish() {
        let (waiters, deliveries, spawner) = state.withLock { state in
            state.isFinished = true
            defer {
                state.waiters = []
                state.deliveries = []
                state.spawner = nil
            }
            return (state.waiters, state.deliveries, state.spawner)
        }
        spawner?.resume(returning: false)
        for waiter in waiters { waiter.continuation.resume(returning: nil) }
        for delivery in deliveries { delivery.receipt.settle(.released) }
    }

    // MARK: What the engine asks of the worker

    /// Ends the channel, because the engine wants the worker to finish what it runs, and to go.
    public func drain() {
        state.withLock { $0.isDrained = true }
        finish()
    }

    /// Whether the engine wants the worker to go.
    public var isDrained: Bool { state.withLock { $0.isDrained } }

    /// Cancels a delivery: one that runs is cancelled as Swift's tasks are, one that waits will not run; either ends
    /// with an error result of the type ``TaskFailure/cancelledType``, unless it ends well all the same.
    ///
    /// - Parameters:
    ///   - reason: why, for people; may be empty.
    ///   - isMeant: whether a delivery, known by its receipt, is the one that is meant.
    /// - Returns: whether there was such a delivery.
    @discardableResult
    public func cancel(reason: String, where isMeant: (any DeliveryReceipt) -> Bool) -> Bool {
        let (isWaiting, runners) = state.withLock { state -> (Bool, [DeliveryRunner]) in
            guard let place = state.deliveries.firstIndex(where: { isMeant($0.receipt) }) else {
                return (false, state.runners)
            }
            state.deliveries[place].cancellationReason = reason
            return (true, [])
        }
        return isWaiting || runners.contains { $0.cancel(reason, where: isMeant) }
    }

    // MARK: Runners

    /// Makes a runner that takes deliveries from here, once it has come.
    func makeRunner() -> DeliveryRunner {
        let runner = DeliveryRunner()
        state.withLock { state in
            state.runners.append(runner)
            state.startingRunners += 1
        }
        return runner
    }

    /// How many there are.
    var runnerCount: Int { state.withLock { $0.runners.count } }

    /// A runner has come for its first delivery.
    func runnerHasCome() {
        state.withLock { $0.startingRunners -= 1 }
    }

    /// Waits until deliveries wait that no runner is free for.
    ///
    /// - Returns: false at the channel's end.
    func wantsRunner() async -> Bool {
        await withCheckedContinuation { continuation in
            let answer = state.withLock { state -> Bool? in
                if state.isFinished { return false }
                if state.wantsRunner { return true }
                state.spawner = continuation
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }
}
