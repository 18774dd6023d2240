// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import Taskiq

@Suite("Middlewares of a broker that runs its tasks itself", .timeLimit(.minutes(5)))
struct MiddlewareBrokerTests {
    private let clock = ManualClock()

    private func broker(_ middlewares: any TaskiqMiddleware...) -> Broker {
        Broker(transport: InMemoryTransport(clock: clock), middlewares: middlewares)
    }

    @Test("who waits for a task waits for its last attempt, and the delays between them are the transport's")
    func retries() async throws {
        let broker = broker(SmartRetryMiddleware(defaultRetryLabel: true, useDelayExponent: true))
        let calls = Atomic<Int>(0)
        let task = broker.task("t") { () throws -> Int in
            let call = calls.add(1, ordering: .relaxed).newValue
            if call < 3 { throw VisibleError() }
            return call
        }
        try await broker.startup()
        let handle = try await task.kiq()
        let result = try await handle.waitForResult()
        #expect(try result.get() == 3)
        #expect(result.labels[.retries] == 2)
        #expect(clock.slept == [.seconds(5), .seconds(10)])
        await broker.shutdown()
    }

    @Test("tasks over their rate come later, and none is lost")
    func rate() async throws {
        let broker = broker(
            RateLimitMiddleware(
                default: RateLimit(10, per: .seconds(1)),
                patience: .zero,
                limiter: InMemoryRateLimiter(clock: clock),
                clock: clock
            )
        )
        let task = broker.task("t") { (number: Int) -> Int in number }
        try await broker.startup()
        let values = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<40 { group.addTask { try await task.kiq(number).value() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(values.sorted() == Array(0..<40))
        #expect(clock.now.offset >= .milliseconds(3900))
        await broker.shutdown()
    }

    @Test("two who ask for the same task at once get the value of one run")
    func unique() async throws {
        let broker = broker(UniqueMiddleware(period: .untilEnded()))
        let gate = Gate()
        let runs = Atomic<Int>(0)
        let task = broker.task("t") { (_: Int) -> Int in
            await gate.wait()
            return runs.add(1, ordering: .relaxed).newValue
        }
        try await broker.startup()
        let handles = [try await task.kiq(1), try await task.kiq(1)]
        gate.open()
        for handle in handles { #expect(try await handle.value() == 1) }
        #expect(try await task.kiq(1).value() == 2)
        await broker.shutdown()
    }
}
