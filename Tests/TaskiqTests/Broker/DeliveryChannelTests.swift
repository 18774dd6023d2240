// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import TestSupport
import Testing

@testable import Taskiq

@Suite("Delivery channels", .timeLimit(.minutes(5)))
struct DeliveryChannelTests {
    /// Counts how often each delivery was given back.
    private struct Counted: DeliveryReceipt {
        let number: Int
        let released: Ledger

        func started() {}
        func acknowledge() async throws {}
        func settle(_ settlement: Settlement) { released.note(number) }
    }

    private final class Ledger: Sendable {
        private let seen = Mutex<[Int]>([])
        func note(_ number: Int) { seen.withLock { $0.append(number) } }
        var numbers: [Int] { seen.withLock { $0 } }
    }

    private static func deliveries(_ numbers: some Sequence<Int>, _ released: Ledger) -> [AckableMessage] {
        numbers.map {
            AckableMessage(
                data: [],
                info: DeliveryInfo(attempt: $0),
                receipt: Counted(number: $0, released: released)
            )
        }
    }

    @Test("deliveries come out in order, then the end")
    func order() async {
        let (channel, released) = (DeliveryChannel(), Ledger())
        channel.offer(Self.deliveries(0..<3, released))
        channel.offer([])
        channel.offer(Self.deliveries(3..<5, released))
        for number in 0..<4 { #expect(await channel.next()?.info.attempt == number) }
        channel.finish()
        #expect(await channel.next() == nil)
        #expect(released.numbers == [4])
        channel.offer(Self.deliveries([5], released))
        channel.finish()
        #expect(released.numbers == [4, 5])
    }

    @Test("under concurrency each delivery is taken once or released once", arguments: 1...8 as ClosedRange<UInt64>)
    func concurrency(seed: UInt64) async {
        let (channel, taken, released) = (DeliveryChannel(), Ledger(), Ledger())
        let (producers, perProducer) = (8, 500)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask { while let delivery = await channel.next() { taken.note(delivery.info.attempt) } }
            }
            group.addTask {
                await withTaskGroup(of: Void.self) { producing in
                    for producer in 0..<producers {
                        producing.addTask {
                            var generator = SeededGenerator(seed: seed << 8 | UInt64(producer))
                            var numbers = (producer * perProducer..<(producer + 1) * perProducer)[...]
                            while !numbers.isEmpty {
                                let batch = numbers.prefix(.random(in: 1...20, using: &generator))
                                numbers = numbers.dropFirst(batch.count)
                                channel.offer(Self.deliveries(batch, released))
                                if Bool.random(using: &generator) { await Task.yield() }
                            }
                        }
                    }
                    // With an odd seed the end comes in the middle of it.
                    if seed % 2 == 1 {
                        await producing.next()
                        channel.finish()
                    }
                }
                channel.finish()
            }
        }
        #expect((taken.numbers + released.numbers).sorted() == Array(0..<producers * perProducer))
    }
}
