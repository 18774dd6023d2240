// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Rate limits", .timeLimit(.minutes(5)))
struct RateLimitTests {
    private let clock = ManualClock()
    private let journal = Journal()

    private func broker(_ middlewares: any TaskiqMiddleware...) -> Broker {
        let broker = Broker(
            transport: RecordingTransport(journal),
            resultBackend: RecordingBackend(storesWithAcknowledgement: true),
            middlewares: middlewares
        )
        for name in ["t", "other"] as [TaskName] { broker.register(named: name) { _, _ in .null } }
        return broker
    }

    private func middleware(
        _ limit: RateLimit?,
        tasks: [TaskName: RateLimit] = [:],
        on side: RateLimitMiddleware.Side = .worker,
        patience: Duration = .zero
    ) -> RateLimitMiddleware {
        RateLimitMiddleware(
            default: limit,
            tasks: tasks,
            on: side,
            patience: patience,
            limiter: InMemoryRateLimiter(clock: clock),
            clock: clock
        )
    }

    /// Nil for a task that ran, else how long its message waits.
    private func putBack(_ broker: Broker, _ name: TaskName = "t", _ labels: Labels = []) async throws -> Double? {
        let receipt = try await broker.receive(TaskiqMessage(taskID: "i", taskName: name, labels: labels))
        try #require(receipt.settlements.count == 1)
        switch receipt.settlements[0] {
        case .requeued(_, let delay): return delay.inSeconds
        case .completed(let result):
            #expect(result?.error == nil)
            return nil
        default:
            Issue.record("\(receipt.settlements)")
            return nil
        }
    }

    @Test(
        "Celery's spelling",
        arguments: [
            ("10/s", RateLimit(10, per: .seconds(1))), ("100/m", RateLimit(100, per: .seconds(60))),
            ("5/h", RateLimit(5, per: .seconds(3600))), ("7", RateLimit(7, per: .seconds(1))),
            ("1000000/s", RateLimit(1_000_000, per: .seconds(1))),
        ]
    )
    func spelling(text: String, wanted: RateLimit) throws {
        #expect(try RateLimit(parsing: text) == wanted)
    }

    @Test(
        "a limit that is none is an error that says how one is written",
        arguments: [
            "", "/s", "ten/s", "10/", "10/d", "10/s/s", "0/s", "-1/s", "1.5/s", "10 /s", "99999999999999999999/s",
        ]
    )
    func badSpelling(text: String) async throws {
        let error = #expect(throws: TaskiqError.self) { try RateLimit(parsing: text) }
        #expect(error?.code == .invalidArguments)
        let receipt = try await broker(middleware(nil))
            .receive(TaskiqMessage(taskID: "i", taskName: "t", labels: [.rateLimit(text)]))
        let failure = try #require(receipt.settlements.first?.result?.error)
        #expect(
            failure.message
                == "task \"t\", label \"rate_limit\": a rate limit is a number from 1 to 1000000 and /s, /m or "
                + "/h, as in 10/s; found \"\(text)\""
        )
    }

    @Test("tasks come evenly; what is too early is put back, each to a time of its own")
    func even() async throws {
        let broker = broker(middleware(RateLimit(10, per: .seconds(1))))
        #expect(try await putBack(broker) == nil)
        #expect(try await putBack(broker) == 0.1)
        #expect(try await putBack(broker) == 0.2)
        #expect(try await putBack(broker) == 0.3)
        clock.advance(by: .milliseconds(100))
        #expect(try await putBack(broker) == nil)
        clock.advance(by: .milliseconds(50))
        #expect(try await putBack(broker) == 0.25)
        #expect(try await putBack(broker, "other") == nil)
    }

    @Test("however they come, no second sees more than the rate, and none of it is left unused")
    func throughput() async throws {
        let broker = broker(middleware(RateLimit(10, per: .seconds(1))))
        var ran: [Duration] = []
        // Deliveries by time: those put back come again when they were told to.
        var due = Array(repeating: Duration.zero, count: 100)
        var deliveries = 0
        while let next = due.min() {
            due.remove(at: try #require(due.firstIndex(of: next)))
            clock.advance(by: clock.now.duration(to: ManualClock.Instant(offset: next)))
            deliveries += 1
            if let delay = try await putBack(broker) {
                due.append(next + .milliseconds(Int64((delay * 1000).rounded())))
            } else {
                ran.append(next)
            }
        }
        #expect(ran.count == 100)
        #expect(zip(ran, ran.dropFirst()).allSatisfy { $1 - $0 >= .milliseconds(99) })
        #expect(try #require(ran.last) <= .milliseconds(9950))
        #expect(deliveries <= 210)
    }

    @Test("a delay is whole milliseconds, and never too short")
    func wholeMilliseconds() async throws {
        let broker = broker(middleware(RateLimit(3, per: .seconds(1))))
        #expect(try await putBack(broker) == nil)
        #expect(try await putBack(broker) == 0.334)
        clock.advance(by: .milliseconds(334))
        #expect(try await putBack(broker) == nil)
    }

    @Test("after a pause a burst may run, and no more than that")
    func burst() async throws {
        let broker = broker(middleware(RateLimit(1, per: .seconds(1), burst: 3)))
        for _ in 0..<2 {
            for _ in 0..<3 { #expect(try await putBack(broker) == nil) }
            #expect(try await putBack(broker) == 1)
            clock.advance(by: .seconds(1000))
        }
    }

    @Test("who is early by less than the patience waits")
    func patience() async throws {
        let broker = broker(middleware(RateLimit(10, per: .seconds(1)), patience: .milliseconds(100)))
        #expect(try await putBack(broker) == nil)
        #expect(try await putBack(broker) == nil)
        #expect(clock.slept == [.milliseconds(100)])
        clock.advance(by: .milliseconds(-60))
        #expect(try await putBack(broker) == 0.16)
        #expect(clock.slept.count == 1)
    }

    @Test("a worker that stops gives back what waits for its turn")
    func stopping() async throws {
        let broker = broker(middleware(RateLimit(1, per: .seconds(1)), patience: .seconds(60)))
        #expect(try await putBack(broker) == nil)
        let waiting = Task {
            try? await untilCancelled()
            return try await broker.receive(TaskiqMessage(taskID: "i", taskName: "t"), abandoning: true)
        }
        waiting.cancel()
        let receipt = try await waiting.value
        guard case .released? = receipt.settlements.first, receipt.settlements.count == 1 else {
            Issue.record("\(receipt.settlements)")
            return
        }
    }

    @Test("what is put back counts neither as a retry nor as a requeue, and was not started")
    func uncounted() async throws {
        let broker = broker(middleware(RateLimit(1, per: .seconds(1))))
        _ = try await putBack(broker)
        let receipt = RecordingReceipt(journal)
        try await broker.receive(
            TaskiqMessage(taskID: "i", taskName: "t", labels: [.delay(.seconds(3)), .label("x", 1)]),
            as: .whenReceived,
            receipt: receipt
        )
        #expect(journal.entries == ["requeued"])
        guard case .requeued(let message, .seconds(1))? = receipt.settlements.first else {
            Issue.record("\(receipt.settlements)")
            return
        }
        // The delay was waited for; retries are computed from it all the same.
        let labels = try broker.formatter.loads(message.message).labels
        #expect(labels == [.label("x", 1), .label(.retryDelay, 3)])
    }

    @Test("a label goes before the task's limit, which goes before the default")
    func precedence() async throws {
        let broker = broker(
            middleware(RateLimit(1, per: .seconds(1)), tasks: ["other": RateLimit(1, per: .seconds(9))])
        )
        for (name, labels, wait) in [("t", [], 1), ("other", [], 9), ("t", [.rateLimit("1/h")], 3600)]
            as [(TaskName, Labels, Double)]
        {
            _ = try await putBack(broker, name, labels)
            #expect(try await putBack(broker, name, labels) == wait)
            clock.advance(by: .seconds(100_000))
        }
        let unlimited = self.broker(middleware(nil))
        for _ in 0..<100 { #expect(try await putBack(unlimited) == nil) }
    }

    @Test("the sender waits, or is told when to come again")
    func sender() async throws {
        let broker = broker(middleware(RateLimit(1, per: .seconds(10)), on: .sender, patience: .seconds(15)))
        try await broker.kiq(named: "t")
        try await broker.kiq(named: "t")
        #expect(clock.slept == [.seconds(10)])
        clock.advance(by: .seconds(-10))
        let error = await #expect(throws: TaskiqError.self) { try await broker.kiq(named: "t") }
        #expect(error?.code == .sendTask)
        #expect(error?.message == #"task "t" is over its rate limit of 1 per 10 s; send it again in 20 s"#)
        #expect(journal.entries == ["kick", "kick"])
        #expect(try await putBack(broker) == nil)
        #expect(try await putBack(broker) == nil)
    }

    @Test("a limiter that cannot be asked neither breaks the limit nor loses the task")
    func failingLimiter() async throws {
        struct Failing: RateLimiter {
            func ask(_ key: String, limit: RateLimit, patience: Duration) async throws -> RateLimitAnswer {
                throw VisibleError()
            }
        }
        let broker = broker(RateLimitMiddleware(limiter: Failing()))
        #expect(try await putBack(broker) == nil)
        #expect(try await putBack(broker, "t", [.rateLimit("1/s")]) == 1)
    }

    @Test("the limiter remembers a bounded number of keys, and forgets those first that are at rest")
    func capacity() async throws {
        let limiter = InMemoryRateLimiter(capacity: 4, clock: clock)
        let limit = RateLimit(1, per: .seconds(10))
        for key in ["a", "b", "c", "d"] {
            #expect(try await limiter.ask(key, limit: limit, patience: .zero) == .go(after: .zero))
            clock.advance(by: .seconds(3))
        }
        // By now `a` is at rest, the others are not.
        #expect(try await limiter.ask("e", limit: limit, patience: .zero) == .go(after: .zero))
        #expect(try await limiter.ask("b", limit: limit, patience: .zero) == .askAgain(after: .seconds(1)))
        #expect(try await limiter.ask("d", limit: limit, patience: .zero) == .askAgain(after: .seconds(7)))
    }
}
