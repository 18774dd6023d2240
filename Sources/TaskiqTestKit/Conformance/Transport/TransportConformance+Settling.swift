// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

extension TransportConformance {
    static let settling: [Check] = [
        Check("what was completed is not delivered again", [.acknowledges, .keepsMessages]) { stage in
            try await isGone(stage) { receipt in
                receipt.taken()
                receipt.started()
                receipt.settle(.completed(nil))
                // A second word about the same delivery says nothing new.
                receipt.settle(.released)
            }
        },
        Check("what was acknowledged and completed is not delivered again", [.acknowledges, .keepsMessages]) { stage in
            try await isGone(stage) { receipt in
                try await receipt.acknowledge()
                receipt.taken()
                receipt.started()
                try await receipt.acknowledge()
                receipt.settle(.completed(nil))
            }
        },
        Check("what was acknowledged and then given back is not delivered again", [.acknowledges, .keepsMessages]) {
            stage in
            try await isGone(stage) { receipt in
                try await receipt.acknowledge()
                receipt.taken()
                receipt.started()
                receipt.settle(.released)
            }
        },
        Check("what was rejected is not delivered again", [.rejects, .keepsMessages]) { stage in
            try await isGone(stage) { $0.settle(.rejected(reason: "it must not be", nil)) }
        },
        Check("what was rejected with a result is not delivered again", [.rejects, .keepsMessages]) { stage in
            let result = StoredResult(error: TaskFailure(type: "E", message: Samples.text), executionTime: .zero)
            try await isGone(stage) { $0.settle(.rejected(reason: Samples.text, result)) }
        },
        // With whoever has it: when that one leaves, it comes again.
        Check("what its task left unacknowledged stays held", [.holds, .ordered]) { stage in
            let listener = try await stage.listen()
            let sender = try await stage.connect()
            try await sender.kick(.sample("held"))
            let delivery = try await listener.next()
            delivery.receipt.taken()
            delivery.receipt.started()
            delivery.receipt.settle(.unacknowledged(nil))
            let barrier = BrokerMessage.sample("barrier")
            try await sender.kick(barrier)
            try await listener.complete(barrier, "what is held is not delivered again")
        },
        Check("what its task left unacknowledged can be acknowledged later", .holds) { stage in
            let listener = try await stage.listen()
            let sender = try await stage.connect()
            try await sender.kick(.sample("m"))
            let delivery = try await listener.next()
            delivery.receipt.taken()
            delivery.receipt.started()
            delivery.receipt.settle(.unacknowledged(nil))
            let receipt = delivery.receipt
            try await within(stage.subject.timeLimit, "a held delivery can be acknowledged") {
                try await receipt.acknowledge()
            }
        },
        Check("what its task left unacknowledged makes room for the next", .holds) { stage in
            let listener = try await stage.listen(concurrency: 1)
            let sender = try await stage.connect()
            let next = BrokerMessage.sample("next")
            try await sender.kick(.sample("m"))
            try await listener.next().receipt.settle(.unacknowledged(nil))
            try await sender.kick(next)
            try await listener.complete(next, "a held delivery takes no room")
        },
        Check("what is given back comes again, uncounted, to another", [.releases, .keepsMessages]) { stage in
            let first = try await stage.listen()
            let sender = try await stage.connect()
            let message = BrokerMessage.sample("m")
            try await sender.kick(message)
            try await first.next().receipt.settle(.released)
            let again = try await first.expect(message, "what is given back comes again")
            try expect(again.info.isRedelivered, is: false, "what was never started counts as begun")
            await first.transport.stopListening()
            again.receipt.settle(.released)
            await first.leave()
            let last = try await stage.listen().expect(message, "what is given back comes to another")
            try expect(last.info.isRedelivered, is: false, "what was never started counts as begun")
            last.receipt.settle(.completed(nil))
        },
        Check("what is given back keeps its place", [.releases, .ordered, .keepsMessages]) { stage in
            let sender = try await stage.connect()
            let messages = (0..<4).map { BrokerMessage.sample("m\($0)") }
            for message in messages { try await sender.kick(message) }
            let listener = try await stage.listen(concurrency: 1)
            for message in messages {
                try await listener.expect(message, "messages come in order").receipt.settle(.released)
                try await listener.complete(message, "what is given back comes before what was sent later")
            }
        },
        Check("a task that asks for it is run again, with its new message", .requeues) { stage in
            let listener = try await stage.listen()
            let sender = try await stage.connect()
            try await sender.kick(.sample("m"))
            let first = try await listener.next()
            let successor = BrokerMessage.sample("m", body: Array("another body".utf8), labels: [.label("tries", 1)])
            first.receipt.taken()
            first.receipt.started()
            first.receipt.settle(.requeued(successor, after: .zero))
            let second = try await listener.expect(successor, "the new message is delivered")
            try expect(second.info.isRedelivered, is: false, "a retry counts as a delivery that broke off")
            second.receipt.settle(.completed(nil))
            let barrier = BrokerMessage.sample("barrier")
            try await sender.kick(barrier)
            try await listener.complete(barrier, "neither message comes again")
        },
        Check("a task that asks for it is run again, not before its delay", .requeues) { stage in
            let listener = try await stage.listen()
            let sender = try await stage.connect()
            let message = BrokerMessage.sample("m")
            try await sender.kick(message)
            let delay = Duration.milliseconds(80)
            let first = try await listener.next()
            let start = ContinuousClock.now
            first.receipt.settle(.requeued(message, after: delay))
            try await listener.complete(message, "the message is delivered after the delay")
            try isNotEarly(ContinuousClock.now - start, delay)
        },
        Check("a task that asks to be run again later holds nothing up", .requeues) { stage in
            let listener = try await stage.listen()
            let sender = try await stage.connect()
            let (message, barrier) = (BrokerMessage.sample("never"), BrokerMessage.sample("barrier"))
            try await sender.kick(message)
            try await listener.next().receipt.settle(.requeued(message, after: .seconds(86_400)))
            try await sender.kick(barrier)
            try await listener.complete(barrier, "what is not due stays back")
        },
        Check("what a connection held when it ended goes to another", [.redelivers, .keepsMessages]) { stage in
            let first = try await stage.listen()
            let sender = try await stage.connect()
            let message = BrokerMessage.sample("m")
            try await sender.kick(message)
            let delivery = try await first.next()
            delivery.receipt.taken()
            delivery.receipt.started()
            // Ends without a word about the delivery, as a worker that is killed does.
            await first.leave()
            let second = try await stage.listen().expect(message, "what was held goes to another")
            try expect(second.info.isRedelivered, is: true, "a delivery that broke off is marked")
            second.receipt.settle(.completed(nil))
        },
    ]

    /// Settles a delivery, ends its connection, and sees that it comes no more.
    private static func isGone(
        _ stage: TransportStage,
        _ settle: @escaping @Sendable (any DeliveryReceipt) async throws -> Void
    ) async throws {
        let sender = try await stage.connect()
        let (message, barrier) = (BrokerMessage.sample("gone"), BrokerMessage.sample("barrier"))
        try await sender.kick(message)
        let first = try await stage.listen()
        let receipt = try await first.expect(message, "an accepted message is delivered").receipt
        try await within(stage.subject.timeLimit, "the delivery is settled") { try await settle(receipt) }
        await first.leave()
        try expect(first.inbox.count, is: 0, "deliveries to who was still there")
        try await stage.connect().kick(barrier)
        // Older messages come first, so what comes before the barrier is what was to be gone.
        let second = try await stage.listen(concurrency: 1)
        try await second.complete(barrier, "it is not delivered again")
    }
}
