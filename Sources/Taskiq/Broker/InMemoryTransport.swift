// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import Synchronization

/// A queue in the memory of this process: tasks run here, and end with it.
///
/// Messages are encoded and decoded as on every other transport, so that tasks behave the same.
public final class InMemoryTransport: BrokerTransport {
    private struct State {
        var waiting: Deque<AckableMessage> = []
        var channel: DeliveryChannel?
    }

    private let state = Mutex(State())

    /// The address `memory://`.
    public let address = "memory://"
    /// True: there is nobody else to run them.
    public let runsTasksInProcess = true

    private let clock: any Clock<Duration>
    private let manualAcknowledgeTimeout: Duration

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - clock: what delays are measured by.
    ///   - manualAcknowledgeTimeout: how long a message stays held whose task has ended and was to acknowledge by itself;
    ///     then it is delivered again.
    public init(clock: any Clock<Duration> = ContinuousClock(), manualAcknowledgeTimeout: Duration = .seconds(300)) {
        self.clock = clock
        self.manualAcknowledgeTimeout = manualAcknowledgeTimeout
    }

    /// Does nothing.
    public func startup() async throws {}

    /// Puts a message into the queue.
    public func kick(_ message: BrokerMessage) async throws {
        enqueue(message, attempt: 1, after: message.delay ?? .zero)
    }

    /// Begins to deliver, what is waiting first.
    public func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel {
        let (channel, waiting) = state.withLock { state in
            // Workers of one process share a channel, so that none is left on one that nothing comes through.
            let channel = state.channel ?? DeliveryChannel()
            state.channel = channel
            defer { state.waiting = [] }
            return (channel, Array(state.waiting))
        }
        channel.offer(waiting)
        return channel
    }

    /// Ends the deliveries.
    public func stopListening() async {
        state.withLock { state in
            defer { state.channel = nil }
            return state.channel
        }?.finish()
    }

    /// Ends the deliveries.
    public func shutdown() async {
        await stopListening()
    }

    fileprivate func enqueue(_ message: BrokerMessage, attempt: Int, after delay: Duration) {
        guard delay > .zero else { return deliver(message, attempt: attempt) }
        // Unstructured: the delay belongs to the message and not to whoever sent it.
        Task {
            try await clock.sleep(for: delay)
            deliver(message, attempt: attempt)
        }
    }

    /// Delivers a message again that its task left unacknowledged, unless that is made up for in time.
    private func redeliver(_ message: BrokerMessage, attempt: Int, unless isAcknowledged: Flag) {
        Task {
            try await clock.sleep(for: manualAcknowledgeTimeout)
            if !isAcknowledged.isRaised { deliver(message, attempt: attempt) }
        }
    }

    private func deliver(_ message: BrokerMessage, attempt: Int) {
        let delivery = AckableMessage(
            data: message.message,
            info: DeliveryInfo(attempt: attempt, isRedelivered: attempt > 1, queue: message.queue),
            receipt: Receipt(transport: self, message: message, attempt: attempt)
        )
        let channel = state.withLock { state in
            if state.channel == nil { state.waiting.append(delivery) }
            return state.channel
        }
        channel?.offer([delivery])
    }

    private struct Receipt: DeliveryReceipt {
        let transport: InMemoryTransport
        let message: BrokerMessage
        let attempt: Int
        let isAcknowledged = Flag()

        func started() {}
        func acknowledge() async throws { isAcknowledged.raise() }

        func settle(_ settlement: Settlement) {
            switch settlement {
            case .completed, .rejected: break
            case .unacknowledged: transport.redeliver(message, attempt: attempt + 1, unless: isAcknowledged)
            case .requeued(let message, let delay): transport.enqueue(message, attempt: 1, after: delay)
            case .released: transport.enqueue(message, attempt: attempt, after: .zero)
            }
        }
    }
}
