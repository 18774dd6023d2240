// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// A queue in memory that breaks one of its promises.
struct FaultyTransport: BrokerTransport {
    /// What it does wrong.
    enum Fault: String, CaseIterable, Sendable {
        case sendsTwice, losesMessages, changesBytes, ignoresDelays, ignoresPriorities, reversesOrder, takesTooMany
        case redeliversCompleted, redeliversAcknowledged, losesReleased, countsReleased, losesRequeued, hurriesRequeued
        case redeliversRejected, takesAfterShutdown, takesAnyName, forgetsAtShutdown, redeliversHeld
    }

    let fault: Fault
    private let base = InMemoryTransport()
    private let spare = InMemoryTransport()

    var address: String { "faulty://\(fault)" }

    init(_ fault: Fault) {
        self.fault = fault
    }

    func startup() async throws { try await base.startup() }

    func kick(_ message: BrokerMessage) async throws {
        var message = message
        switch fault {
        case .sendsTwice: try await base.kick(message)
        case .losesMessages: if message.taskID.rawValue.hasSuffix("3") { return }
        case .changesBytes: message.message = Array(message.message.reversed())
        case .ignoresDelays: message.labels[.delay] = nil
        case .ignoresPriorities: message.labels[.priority] = nil
        case .reversesOrder: message.labels[.priority] = Int(message.taskID.rawValue.dropFirst().suffix(1)) ?? 0
        case .takesAfterShutdown: try await base.startup()
        case .takesAnyName where message.queue.utf8.count > 255: message.labels[.queueName] = nil
        case .takesAnyName: message.taskID = "m"
        default: break
        }
        try await base.kick(message)
    }

    func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel {
        var subscription = subscription
        if fault == .takesTooMany { subscription.concurrency += 1 }
        let source = try await base.listen(subscription)
        let channel = DeliveryChannel()
        // Unstructured: it ends with the channel that it reads.
        Task {
            while let delivery = await source.next() {
                let receipt = FaultyReceipt(fault: fault, base: delivery.receipt, delivery: delivery, channel: channel)
                channel.offer([AckableMessage(data: delivery.data, info: delivery.info, receipt: receipt)])
            }
            channel.finish()
        }
        return channel
    }

    func stopListening() async { await base.stopListening() }

    func shutdown() async {
        await base.shutdown()
        guard fault == .forgetsAtShutdown else { return }
        // Takes what is left, and throws it away.
        let all = WorkerSubscription(
            catalogue: TaskCatalogue(application: "", tasks: []),
            queues: [],
            concurrency: 1_000,
            prefetch: 0
        )
        _ = try? await base.listen(all)
    }
}

private struct FaultyReceipt: DeliveryReceipt {
    let fault: FaultyTransport.Fault
    let base: any DeliveryReceipt
    let delivery: AckableMessage
    let channel: DeliveryChannel

    func taken() { base.taken() }
    func started() { base.started() }

    func acknowledge() async throws {
        if fault != .redeliversAcknowledged { try await base.acknowledge() }
    }

    func settle(_ settlement: Settlement) {
        switch (fault, settlement) {
        case (.redeliversCompleted, .completed), (.redeliversRejected, .rejected), (.redeliversHeld, .unacknowledged):
            base.settle(.released)
        case (.losesReleased, .released), (.losesRequeued, .requeued): base.settle(.completed(nil))
        case (.countsReleased, .released):
            var info = delivery.info
            info.isRedelivered = true
            channel.offer([AckableMessage(data: delivery.data, info: info, receipt: base)])
        case (.hurriesRequeued, .requeued(let message, _)): base.settle(.requeued(message, after: .zero))
        default: base.settle(settlement)
        }
    }
}
