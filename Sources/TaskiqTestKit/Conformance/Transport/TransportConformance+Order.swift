// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

extension TransportConformance {
    static let order: [Check] = [
        Check("messages of equal priority come in the order in which they were sent", [.ordered, .keepsMessages]) {
            stage in
            let sender = try await stage.connect()
            let messages = (0..<50).map { BrokerMessage.sample("m\($0)", labels: [.priority(3)]) }
            for message in messages { try await sender.kick(message) }
            let listener = try await stage.listen(concurrency: 1)
            for message in messages { try await listener.complete(message, "messages come in order") }
        },
        Check("messages of higher priority come first", [.priorities, .keepsMessages]) { stage in
            let sender = try await stage.connect()
            // One is beyond the range and one is no number: the highest, and the lowest.
            let priorities: [LabelValue] = [0, 9, 3, 5, 12, "high", 9, 1]
            let messages = priorities.enumerated().map { index, priority in
                BrokerMessage.sample(
                    "m\(index)",
                    labels: [.init(name: "priority", value: priority)]
                )
            }
            for message in messages { try await sender.kick(message) }
            let listener = try await stage.listen(concurrency: 1)
            for index in [1, 4, 6, 3, 2, 7, 0, 5] {
                try await listener.complete(messages[index], "the most urgent comes first, else the older")
            }
        },
        Check("a message with a delay does not come before its time", .delays) { stage in
            let listener = try await stage.listen()
            let sender = try await stage.connect()
            let delay = Duration.milliseconds(120)
            let message = BrokerMessage.sample("later", labels: [.delay(delay)])
            let start = ContinuousClock.now
            try await sender.kick(message)
            try await listener.complete(message, "a delayed message comes after its delay")
            try isNotEarly(ContinuousClock.now - start, delay)
        },
        Check("messages with delays hold nothing up, and what is not due stays back", .delays) { stage in
            let listener = try await stage.listen()
            let sender = try await stage.connect()
            let never = BrokerMessage.sample("never", labels: [.delay(.seconds(86_400))])
            let later = BrokerMessage.sample("later", labels: [.delay(.milliseconds(150))])
            let sooner = BrokerMessage.sample("sooner", labels: [.delay(.milliseconds(50))])
            let (now, negative) = (
                BrokerMessage.sample("now"), BrokerMessage.sample("past", labels: [.delay(.seconds(-1))])
            )
            for message in [never, later, sooner, now, negative] { try await sender.kick(message) }
            var bodies: Set<String> = []
            for delivery in try await listener.take(4, "all whose time comes arrive") {
                bodies.insert(String(decoding: delivery.data, as: UTF8.self))
                delivery.receipt.settle(.completed(nil))
            }
            try expect(
                bodies,
                is: Set(["later", "sooner", "now", "past"].map { "body of \($0)" }),
                "what is not due stays back"
            )
        },
        Check(
            "nobody holds more than concurrency and prefetch together",
            [.limitsDeliveries, .distributes, .keepsMessages]
        ) { stage in
            let first = try await stage.listen(concurrency: 2, prefetch: 1)
            let sender = try await stage.connect()
            for number in 0..<10 { try await sender.kick(.sample("m\(number)")) }
            let held = try await first.take(3, "as many arrive as may")
            // Were more on their way to the first, the second would wait for them in vain.
            let second = try await stage.listen(concurrency: 10)
            let others = try await second.take(7, "what is beyond the limit goes to another")
            try expect(first.inbox.count, is: 0, "deliveries beyond the limit")
            for delivery in held + others { delivery.receipt.settle(.completed(nil)) }
        },
    ]

    /// Engines count in milliseconds, so one of them is forgiven.
    static func isNotEarly(_ waited: Duration, _ delay: Duration) throws {
        try expect(
            waited >= delay - .milliseconds(1),
            "a message with a delay of \(delay) comes after it",
            found: "it came after \(waited)"
        )
    }
}
