// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq

extension TransportConformance {
    static let load: [Check] = [
        Check("of a thousand messages from several senders, each is settled once", [.distributes, .keepsMessages]) {
            stage in
            let (senderCount, perSender) = (4, 250)
            let tally = Tally(expecting: senderCount * perSender)
            var listeners: [Listener] = []
            for _ in 0..<3 { listeners.append(try await stage.listen(concurrency: 10, prefetch: 5)) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for listener in listeners {
                    group.addTask {
                        while let delivery = try? await listener.inbox.next() {
                            delivery.receipt.taken()
                            delivery.receipt.started()
                            delivery.receipt.settle(.completed(nil))
                            tally.count(String(decoding: delivery.data, as: UTF8.self))
                        }
                    }
                }
                defer { group.cancelAll() }
                let senders = try await withThrowingTaskGroup(of: Void.self) { sending in
                    for number in 0..<senderCount {
                        let sender = try await stage.connect()
                        sending.addTask {
                            for index in 0..<perSender {
                                try await sender.kick(.sample("s\(number)-\(index)"))
                            }
                        }
                    }
                    try await sending.waitForAll()
                    return senderCount
                }
                try await within(stage.subject.timeLimit, "all messages of \(senders) senders arrive") {
                    try await tally.complete.next()
                }
            }
            // What comes twice comes when its holder is gone, at the latest.
            for listener in listeners { await listener.leave() }
            let barrier = BrokerMessage.sample("barrier")
            let sender = try await stage.connect()
            try await sender.kick(barrier)
            try await stage.listen().complete(barrier, "no message is left, or comes twice")
            try expect(tally.repeated, is: [], "messages that came more than once")
        }
    ]
}

/// What has arrived, and how often.
private final class Tally: Sendable {
    let complete = Inbox<Int>()
    private let counts = Mutex<[String: Int]>([:])
    private let expected: Int

    init(expecting expected: Int) {
        self.expected = expected
    }

    func count(_ text: String) {
        let isComplete = counts.withLock { counts in
            counts[text, default: 0] += 1
            return counts.count == expected && counts[text] == 1
        }
        if isComplete { complete.put(expected) }
    }

    var repeated: [String] { counts.withLock { $0.filter { $0.value > 1 }.keys.sorted() } }
}
