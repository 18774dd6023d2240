// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

extension TransportConformance {
    static let delivery: [Check] = [
        Check("an accepted message is delivered, and once") { stage in
            let listener = try await stage.listen()
            let sender = try await stage.connect()
            for number in 0..<5 {
                let message = BrokerMessage.sample("m\(number)")
                try await sender.kick(message)
                let delivery = try await listener.expect(message, "the message that was sent is delivered, once")
                try expect(delivery.info.attempt, is: 1, "the first delivery is number")
                try expect(delivery.info.isRedelivered, is: false, "the first delivery is marked as another's")
                delivery.receipt.taken()
                delivery.receipt.started()
                delivery.receipt.settle(.completed(nil))
            }
        },
        Check("what was sent before anybody listened is delivered", .keepsMessages) { stage in
            let sender = try await stage.connect()
            let early = BrokerMessage.sample("early")
            try await sender.kick(early)
            let listener = try await stage.listen()
            try await listener.complete(early, "what was sent before anybody listened is delivered")
        },
        Check("bytes come as they were sent") { stage in
            let listener = try await stage.listen()
            let sender = try await stage.connect()
            for (name, bytes) in Samples.bodies {
                let message = BrokerMessage.sample("m", body: bytes)
                try await sender.kick(message)
                try await listener.complete(message, "\(name) arrive as they were sent")
            }
        },
        Check("messages, arguments and labels of every type come as they were sent") { stage in
            let listener = try await stage.listen(tasks: Samples.messages.map(\.taskName))
            let sender = try await stage.connect()
            let formatter = JSONFormatter()
            for message in Samples.messages {
                let sent = try formatter.dumps(message)
                try await sender.kick(sent)
                let delivery = try await listener.expect(sent, "a message arrives as it was sent")
                let read = try formatter.loads(delivery.data)
                try expect(read.labels, is: message.labels, "labels arrive as they were sent")
                try expect(read.kwargs, is: message.kwargs, "arguments arrive as they were sent")
                delivery.receipt.settle(.completed(nil))
            }
        },
        Check("of several who listen, one gets each message", [.distributes, .keepsMessages]) { stage in
            let listeners = [try await stage.listen(), try await stage.listen(), try await stage.listen()]
            let sender = try await stage.connect()
            let arrivals = Inbox<AckableMessage>()
            let ids = (0..<30).map { "m\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for listener in listeners {
                    group.addTask {
                        while !Task.isCancelled {
                            guard let delivery = try? await listener.inbox.next() else { return }
                            arrivals.put(delivery)
                            delivery.receipt.settle(.completed(nil))
                        }
                    }
                }
                defer { group.cancelAll() }
                for id in ids { try await sender.kick(.sample(id)) }
                var seen: [String] = []
                for _ in ids {
                    let delivery = try await within(stage.subject.timeLimit, "all \(ids.count) messages arrive") {
                        try await arrivals.next()
                    }
                    seen.append(String(decoding: delivery.data, as: UTF8.self))
                }
                try expect(seen.sorted(), is: ids.map { "body of \($0)" }.sorted(), "each message arrives once")
            }
        },
        Check("who listens gets messages of its queues only", [.routesByQueue, .keepsMessages]) { stage in
            let mail = try await stage.listen(queues: ["mail"])
            let sender = try await stage.connect()
            let (other, own) = (BrokerMessage.sample("other"), BrokerMessage.sample("own", labels: [.queue("mail")]))
            try await sender.kick(other)
            try await sender.kick(own)
            let delivery = try await mail.expect(own, "the first that comes is of a queue that is served")
            try expect(delivery.info.queue, is: "mail", "the delivery names its queue")
            delivery.receipt.settle(.completed(nil))
            try await stage.listen().complete(other, "a message waits for who serves its queue")
        },
        Check("who listens gets messages of the tasks it knows only", [.routesByTask, .keepsMessages]) { stage in
            let listener = try await stage.listen(tasks: ["known"])
            let sender = try await stage.connect()
            let other = BrokerMessage.sample("other", task: "strange")
            try await sender.kick(other)
            let own = BrokerMessage.sample("own", task: "known")
            try await sender.kick(own)
            try await listener.complete(own, "the first that comes is of a task that is known")
            try await stage.listen(tasks: ["strange"]).complete(other, "a message waits for who knows its task")
        },
        Check("tasks that are announced later are known then", [.announces, .keepsMessages]) { stage in
            let listener = try await stage.listen(tasks: ["t"])
            let sender = try await stage.connect()
            let (early, late) = (BrokerMessage.sample("early"), BrokerMessage.sample("late", task: "new"))
            try await sender.kick(late)
            try await sender.kick(early)
            try await listener.complete(early, "a task that is not announced yet does not come")
            await listener.transport.announce(TransportStage.catalogue(["t", "new"]))
            try await listener.complete(late, "a task comes once it is announced")
        },
        Check("deliveries tell when the message was accepted", .tellsEnqueueTime) { stage in
            let listener = try await stage.listen()
            let sender = try await stage.connect()
            for id in ["a", "b"] { try await sender.kick(.sample(id)) }
            let deliveries = try await listener.take(2, "both messages arrive")
            guard let first = deliveries[0].info.enqueuedAt, let second = deliveries[1].info.enqueuedAt else {
                throw ConformanceFailure(promised: "deliveries tell when the message was accepted", found: "nothing")
            }
            try expect(first <= second, "times of acceptance grow", found: "\(first), then \(second)")
            for delivery in deliveries { delivery.receipt.settle(.completed(nil)) }
        },
        Check("names that cannot travel are refused", .validatesNames) { stage in
            let sender = try await stage.connect()
            let long = String(repeating: "n", count: 256)
            let names = ["", long, "new\nline", "nul\0"]
            for name in names {
                let queue = BrokerMessage.sample("m", labels: [.queue(name)])
                for message in [.sample(name), .sample("m", task: TaskName(rawValue: name)), queue] {
                    try await refused(message, by: sender, .invalidArguments)
                }
            }
            let listener = try await stage.listen()
            let message = BrokerMessage.sample(String(long.dropLast()))
            try await sender.kick(message)
            try await listener.complete(message, "a name of 255 bytes travels")
        },
    ]

    /// Expects an error with one of some codes.
    static func refused(
        _ message: BrokerMessage,
        by sender: any BrokerTransport,
        _ codes: TaskiqError.Code...
    ) async throws {
        let promise = "the message is refused with \(codes.map(\.description).joined(separator: " or "))"
        do {
            try await sender.kick(message)
        } catch let error as TaskiqError where codes.contains(error.code) {
            return
        } catch {
            throw ConformanceFailure(promised: promise, found: "\(error)")
        }
        throw ConformanceFailure(promised: promise, found: "no error")
    }
}
