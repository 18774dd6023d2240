// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// A queue in the memory of this process: tasks run here, and end with it.
///
/// Messages are encoded and decoded as on every other transport, and priorities, delays and the worker's limits count,
/// so that tasks behave the same. Which queue a message goes to does not: whoever listens gets everything, for there is
/// nobody else to run it. What waits when the transport is shut down is delivered after its next startup.
public final class InMemoryTransport: BrokerTransport {
    private struct State {
        var queue = InMemoryQueue()
        var timer: (due: Duration, task: Task<Void, any Error>)?
        var isShutDown = false
    }

    private let state = Mutex(State())

    /// The address `memory://`.
    public let address = "memory://"
    /// True: there is nobody else to run them.
    public let runsTasksInProcess = true

    private let stopwatch: Stopwatch
    private let manualAcknowledgeTimeout: Duration

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - clock: what delays are measured by.
    ///   - manualAcknowledgeTimeout: how long a message stays held whose task has ended and was to acknowledge by itself;
    ///     then it is delivered again.
    public init(clock: any Clock<Duration> = ContinuousClock(), manualAcknowledgeTimeout: Duration = .seconds(300)) {
        stopwatch = Stopwatch(clock)
        self.manualAcknowledgeTimeout = manualAcknowledgeTimeout
    }

    deinit {
        state.withLock { $0.timer?.task.cancel() }
    }

    /// Takes messages again after a shutdown; before the first startup they are taken, too.
    public func startup() async throws {
        state.withLock { $0.isShutDown = false }
    }

    /// Puts a message into the queue.
    ///
    /// - Parameter message: the message.
    /// - Throws: `TaskiqError` with code `shutdown`, or `invalidArguments` for a name that no engine would take.
    public func kick(_ message: BrokerMessage) async throws {
        try message.validateNames()
        guard !state.withLock({ $0.isShutDown }) else {
            throw TaskiqError(.shutdown, "the broker has been shut down: start it before task \"\(message.taskName)\"")
        }
        change { queue, now in
            queue.enqueue(message, after: message.delay ?? .zero, now: now, at: WallClock.now)
        }
    }

    /// Begins to deliver, what is waiting first; several who listen share what comes.
    public func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel {
        let channel = DeliveryChannel()
        let (credit, overflow) = subscription.concurrency.addingReportingOverflow(subscription.prefetch)
        change { queue, _ in queue.listen(channel, credit: overflow ? .max : credit) }
        return channel
    }

    /// Ends the deliveries.
    public func stopListening() async {
        let channels = state.withLock { state in
            state.timer?.task.cancel()
            state.timer = nil
            return state.queue.stopListening()
        }
        for channel in channels { channel.finish() }
    }

    /// Ends the deliveries, and refuses messages until the next startup.
    public func shutdown() async {
        state.withLock { $0.isShutDown = true }
        await stopListening()
    }

    /// Changes the queue, then sends off what that makes deliverable.
    private func change(_ body: (inout InMemoryQueue, _ now: Duration) -> Void) {
        let deliveries = state.withLock { state in
            let now = stopwatch.elapsed()
            body(&state.queue, now)
            state.queue.wake(at: now)
            let deliveries = state.queue.dispatch()
            setTimer(&state)
            return deliveries
        }
        // Not under the lock: a channel that has ended gives deliveries back.
        for (number, entry, channel) in deliveries {
            let info = DeliveryInfo(
                attempt: entry.attempt,
                isRedelivered: entry.isRedelivered,
                queue: entry.message.queue,
                taskID: entry.message.taskID,
                enqueuedAt: entry.enqueuedAt
            )
            let receipt = Receipt(transport: self, number: number)
            var delivery = AckableMessage(data: entry.message.message, info: info, receipt: receipt)
            delivery.cancellationReason = entry.cancellationReason
            channel.offer([delivery])
        }
        if !deliveries.isEmpty { cancelWhatWasOnItsWay(deliveries.lazy.map { ($0.number, $0.channel) }) }
    }

    /// Who cancelled a delivery before it was in its channel has found nobody to tell.
    private func cancelWhatWasOnItsWay(_ deliveries: some Sequence<(UInt64, DeliveryChannel)>) {
        let cancelled = state.withLock { state in
            deliveries.compactMap { number, channel in
                state.queue.cancellationReason(number).map { (number, channel, $0) }
            }
        }
        for (number, channel, reason) in cancelled { cancel(number, in: channel, reason) }
    }

    private func cancel(_ number: UInt64, in channel: DeliveryChannel, _ reason: String) {
        channel.cancel(reason: reason) { self.number(of: $0) == number }
    }

    private func setTimer(_ state: inout State) {
        guard let due = state.queue.nextDue else { return }
        if let timer = state.timer {
            guard due < timer.due else { return }
            timer.task.cancel()
        }
        // Unstructured: the delay belongs to the messages and not to whoever sent them.
        let task = Task { [weak self, stopwatch] in
            try await stopwatch.sleep(until: due)
            self?.timeIsUp(due)
        }
        state.timer = (due, task)
    }

    private func timeIsUp(_ due: Duration) {
        change { _, _ in }
        state.withLock { state in
            guard state.timer?.due == due else { return }
            state.timer = nil
            setTimer(&state)
        }
    }

    private func number(of receipt: any DeliveryReceipt) -> UInt64? {
        (receipt as? Receipt)?.number
    }

    private struct Receipt: DeliveryReceipt {
        let transport: InMemoryTransport
        let number: UInt64

        func started() {}

        func acknowledge() async throws {
            guard transport.state.withLock({ $0.queue.acknowledge(number) }) else {
                throw TaskiqError(.conflict, "the delivery is over, or was given to somebody else")
            }
        }

        func settle(_ settlement: Settlement) {
            let limit = transport.manualAcknowledgeTimeout
            transport.change { queue, now in
                queue.settle(number, settlement, heldFor: limit, now: now, at: WallClock.now)
            }
        }
    }
}

extension InMemoryTransport: TaskCancelling {
    /// Ends a task that waits, and cancels one that runs.
    public func cancel(_ taskID: TaskID, reason: String) async throws -> TaskCancellation {
        switch state.withLock({ $0.queue.cancel(taskID, reason: reason) }) {
        case .waiting: return .cancelled
        case .ended: return .ended
        case .delivered(let number, let channel):
            cancel(number, in: channel, reason)
            return .requested
        case nil:
            throw TaskiqError(.unknownTaskID, "no task of the id \(taskID) waits or runs here")
        }
    }
}
