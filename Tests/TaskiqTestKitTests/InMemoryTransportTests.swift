// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqTestKit
import Testing

@Suite("The queue in memory, by the clock", .timeLimit(.minutes(5)))
struct InMemoryTransportTests {
    private let clock = ManualClock()

    private func listen(_ transport: InMemoryTransport, concurrency: Int = 10) async throws -> DeliveryChannel {
        try await transport.listen(
            WorkerSubscription(
                catalogue: TaskCatalogue(application: "test", tasks: []),
                queues: [BrokerMessage.defaultQueue],
                concurrency: concurrency,
                prefetch: 0
            )
        )
    }

    /// The next delivery; nil when the test's time is over, so that a test that fails ends.
    private func next(of channel: DeliveryChannel) async -> AckableMessage? {
        await withTaskCancellationHandler {
            await channel.next()
        } onCancel: {
            channel.finish()
        }
    }

    private func message(_ id: TaskID, _ labels: Labels = []) -> BrokerMessage {
        BrokerMessage(taskID: id, taskName: "t", message: Array(id.rawValue.utf8), labels: labels)
    }

    private func name(_ delivery: AckableMessage?) -> String {
        delivery.map { String(decoding: $0.data, as: UTF8.self) } ?? "none"
    }

    @Test("delayed messages come at their times")
    func delays() async throws {
        let transport = InMemoryTransport(clock: clock)
        let channel = try await listen(transport)
        try await transport.kick(message("c", [.delay(.seconds(30))]))
        try await transport.kick(message("a", [.delay(.seconds(10))]))
        try await transport.kick(message("b", [.delay(.seconds(10))]))
        for (names, seconds) in [(["a", "b"], 10), (["c"], 30)] {
            try await clock.waitForSleepers()
            #expect(clock.nextDeadline?.offset == .seconds(seconds))
            clock.advanceToNextDeadline()
            for name in names { #expect(self.name(await next(of: channel)) == name) }
        }
        await transport.shutdown()
    }

    @Test("what waits for its time outlives a shutdown, without anybody asleep")
    func restart() async throws {
        let transport = InMemoryTransport(clock: clock)
        let first = try await listen(transport)
        try await transport.kick(message("later", [.delay(.seconds(10))]))
        try await transport.kick(message("much later", [.delay(.seconds(1e12))]))
        try await clock.waitForSleepers()
        let sleeping = clock.nextDeadline
        await transport.shutdown()
        #expect(await next(of: first) == nil)
        // The cancelled sleeper leaves by itself; whether it has is seen by who sleeps next.
        #expect(sleeping?.offset == .seconds(10))
        clock.advance(by: .seconds(60))
        #expect(clock.sleeperCount == 0)
        try await transport.startup()
        let second = try await listen(transport)
        #expect(name(await next(of: second)) == "later")
        // For the hundred years that a clock can count.
        try await clock.waitForSleepers()
        #expect(clock.nextDeadline?.offset == .seconds(60) + .seconds(36_500 * 86_400))
        await transport.shutdown()
    }

    @Test("what is left unacknowledged comes again after its time, unless it is acknowledged in time")
    func held() async throws {
        let transport = InMemoryTransport(clock: clock, manualAcknowledgeTimeout: .seconds(5))
        let channel = try await listen(transport)
        for id: TaskID in ["a", "b"] { try await transport.kick(message(id)) }
        let (first, second) = (await next(of: channel), await next(of: channel))
        first?.receipt.settle(.unacknowledged(nil))
        second?.receipt.settle(.unacknowledged(nil))
        try await second?.receipt.acknowledge()
        try await clock.waitForSleepers()
        clock.advance(by: .seconds(5))
        let again = await next(of: channel)
        #expect(name(again) == "a")
        #expect(again?.info.attempt == 2)
        #expect(again?.info.isRedelivered == true)
        // The delivery that was held is over.
        let error = await #expect(throws: TaskiqError.self) { try await first?.receipt.acknowledge() }
        #expect(error?.code == .conflict)
        try await again?.receipt.acknowledge()
        again?.receipt.settle(.unacknowledged(nil))
        try await transport.kick(message("c"))
        #expect(name(await next(of: channel)) == "c")
        await transport.shutdown()
    }

    @Test("several who listen share what comes, whoever has most room first")
    func sharing() async throws {
        let transport = InMemoryTransport(clock: clock)
        let small = try await listen(transport, concurrency: 1)
        let large = try await listen(transport, concurrency: 2)
        for id: TaskID in ["a", "b", "c", "d"] { try await transport.kick(message(id)) }
        #expect(name(await next(of: large)) == "a")
        // Equal room: the one that was served longest ago.
        #expect(name(await next(of: small)) == "b")
        let third = await next(of: large)
        #expect(name(third) == "c")
        third?.receipt.settle(.completed(nil))
        #expect(name(await next(of: large)) == "d")
        await transport.shutdown()
    }
}
