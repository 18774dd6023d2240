// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Unique tasks", .timeLimit(.minutes(5)))
struct UniqueMiddlewareTests {
    private let clock = ManualClock()
    private let journal = Journal()

    private func broker(
        _ period: UniqueMiddleware.Period? = nil,
        _ others: any TaskiqMiddleware...,
        backend: any ResultBackend = RecordingBackend(storesWithAcknowledgement: true),
        kickError: (any Error)? = nil,
        capacity: Int = 100
    ) -> Broker {
        let store = InMemoryUniqueKeyStore(capacity: capacity, clock: clock)
        let broker = Broker(
            transport: RecordingTransport(journal, kickError: kickError),
            resultBackend: backend,
            middlewares: [UniqueMiddleware(period: period, store: store)] + others
        )
        broker.register(named: "t") { _, _ in .null }
        broker.register(named: "bad") { _, _ in throw VisibleError() }
        return broker
    }

    private func sent(_ broker: Broker) -> [BrokerMessage] {
        (broker.transport as? RecordingTransport)?.messages ?? []
    }

    @Test("a second send within the period is a handle on the first task, and nothing is sent")
    func period() async throws {
        let broker = broker(.lasting(.seconds(10)), Hooks(name: "B", journal: journal))
        let first = try await broker.kiq(named: "t", kwargs: ["a": .int(1), "b": .int(2)])
        clock.advance(by: .seconds(9))
        let second = try await broker.kiq(named: "t", kwargs: ["b": .int(2), "a": .int(1)])
        #expect(second.taskID == first.taskID)
        #expect(sent(broker).count == 1)
        #expect(journal.entries.filter { $0 == "send B" }.count == 1)
        let other = try await broker.kiq(named: "t", kwargs: ["a": .int(1), "b": .int(3)])
        #expect(other.taskID != first.taskID)
        clock.advance(by: .seconds(1))
        let third = try await broker.kiq(named: "t", kwargs: ["a": .int(1), "b": .int(2)])
        #expect(third.taskID != first.taskID)
        #expect(sent(broker).count == 3)
        #expect(sent(broker).allSatisfy { $0.labels.isEmpty || $0.labels["_taskiq_duplicate"] == nil })
    }

    @Test("of many senders at once one sends")
    func race() async throws {
        let broker = broker(.lasting(.seconds(10)))
        let ids = try await withThrowingTaskGroup(of: TaskID.self) { group in
            for _ in 0..<50 { group.addTask { try await broker.kiq(named: "t").taskID } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(sent(broker).map(\.taskID) == Array(ids))
    }

    @Test("labels say it for one task, and a caller's own label overrules")
    func labels() async throws {
        let broker = broker()
        let task = broker.task("u", labels: [.unique(for: .seconds(5))]) { () -> Int in 1 }
        let first = try await task.kiq()
        #expect(try await task.kiq().taskID == first.taskID)
        #expect(try await task.kiq(labels: [.unique(for: .zero)]).taskID != first.taskID)
        clock.advance(by: .seconds(5))
        #expect(try await task.kiq().taskID != first.taskID)
        #expect(try await broker.kiq(named: "t").taskID != broker.kiq(named: "t").taskID)
        let error = await #expect(throws: TaskiqError.self) {
            try await broker.kiq(named: "t", labels: [.label("unique_for", "soon")])
        }
        #expect(error?.code == .invalidArguments)
        #expect(error?.message == #"task "t", label "unique_for": expected seconds, found "soon""#)
    }

    @Test("a task that could not be sent holds nothing; one that may have been sent does")
    func failures() async throws {
        let failing = broker(.lasting(.seconds(10)), kickError: VisibleError())
        for _ in 0..<2 { await #expect(throws: TaskiqError.self) { try await failing.kiq(named: "t") } }
        #expect(journal.entries == ["kick", "kick"])
        let unclear = broker(.lasting(.seconds(10)), kickError: TaskiqError(.sendTimeout, ""))
        await #expect(throws: TaskiqError.self) { try await unclear.kiq(named: "t", taskID: "first") }
        #expect(try await unclear.kiq(named: "t").taskID == "first")
        // The same task once more is no other.
        await #expect(throws: TaskiqError.self) { try await unclear.kiq(named: "t", taskID: "first") }
        #expect(journal.entries == ["kick", "kick", "kick", "kick"])
    }

    @Test("a middleware that keeps a message from being sent frees its key, and not that of the first task")
    func laterMiddleware() async throws {
        let gate = Refusing()
        let broker = broker(.lasting(.seconds(10)), gate)
        gate.isRefusing.raise()
        await #expect(throws: VisibleError.self) { try await broker.kiq(named: "t", taskID: "refused") }
        gate.isRefusing.lower()
        #expect(try await broker.kiq(named: "t", taskID: "sent").taskID == "sent")
        gate.isRefusing.raise()
        await #expect(throws: VisibleError.self) { try await broker.kiq(named: "t", taskID: "third") }
        gate.isRefusing.lower()
        #expect(try await broker.kiq(named: "t", taskID: "fourth").taskID == "sent")
    }

    @Test("until the task has ended: in this process", arguments: ["t", "bad"] as [TaskName])
    func untilEnded(name: TaskName) async throws {
        let broker = broker(.untilEnded())
        try await broker.startup()
        let first = try await broker.kiq(named: name)
        clock.advance(by: .seconds(80_000))
        #expect(try await broker.kiq(named: name).taskID == first.taskID)
        await broker.receive(try #require(sent(broker).first).message)
        #expect(try await broker.kiq(named: name).taskID != first.taskID)
        await broker.shutdown()
    }

    @Test("until the task has ended: elsewhere, as its result tells")
    func untilResult() async throws {
        let backend = RecordingBackend()
        let broker = broker(.untilEnded(), backend: backend)
        try await broker.startup()
        let first = try await broker.kiq(named: "t")
        #expect(try await broker.kiq(named: "t").taskID == first.taskID)
        try await backend.setResult(StoredResult(returnValue: .null, executionTime: .zero), for: first.taskID)
        let second = try await broker.kiq(named: "t")
        #expect(second.taskID != first.taskID)
        #expect(try await broker.kiq(named: "t").taskID == second.taskID)
        await broker.shutdown()
    }

    @Test("a lost task does not block the next one for ever, and a period alone does not end with the task")
    func bounds() async throws {
        let bounded = broker(.untilEnded(atMost: .seconds(60)))
        let first = try await bounded.kiq(named: "t")
        clock.advance(by: .seconds(60))
        #expect(try await bounded.kiq(named: "t").taskID != first.taskID)
        let lasting = broker(.lasting(.seconds(60)), backend: RecordingBackend())
        try await lasting.startup()
        let one = try await lasting.kiq(named: "t")
        await lasting.receive(try #require(sent(lasting).first).message)
        #expect(try await lasting.kiq(named: "t").taskID == one.taskID)
        #expect(try await lasting.resultBackend.isResultReady(for: one.taskID))
        await lasting.shutdown()
        // By labels: both.
        let labelled = broker()
        let labels: Labels = [.unique(for: .seconds(60)), .uniqueUntilEnded]
        let two = try await labelled.kiq(named: "t", labels: labels)
        #expect(try await labelled.kiq(named: "t", labels: labels).taskID == two.taskID)
        await labelled.receive(try #require(sent(labelled).first).message)
        #expect(try await labelled.kiq(named: "t", labels: labels).taskID != two.taskID)
    }

    @Test("a task that is run again has not ended")
    func retries() async throws {
        let broker = broker(.untilEnded(), SimpleRetryMiddleware())
        let first = try await broker.kiq(named: "bad", labels: [.retryOnError(), .maxRetries(2)])
        let receipt = await broker.receive(try #require(sent(broker).first).message)
        #expect(try await broker.kiq(named: "bad", labels: [.retryOnError()]).taskID == first.taskID)
        guard case .requeued(let again, _)? = receipt.settlements.first else {
            Issue.record("\(receipt.settlements)")
            return
        }
        await broker.receive(again.message)
        #expect(try await broker.kiq(named: "bad").taskID != first.taskID)
    }

    /// A backend as a hub's is, which knows tasks as long as they and their results are there.
    private struct Forgetful: ResultBackend {
        func setResult(_ result: StoredResult, for taskID: TaskID) async throws {}
        func result(for taskID: TaskID) async throws -> StoredResult? {
            throw TaskiqError(.unknownTaskID, "gone")
        }
    }

    @Test("a task that the backend knows no more has ended, but for one that is just being sent")
    func forgotten() async throws {
        let broker = broker(.untilEnded(), backend: Forgetful())
        try await broker.startup()
        let first = try await broker.kiq(named: "t")
        let second = try await broker.kiq(named: "t")
        #expect(first.taskID != second.taskID)
        #expect(sent(broker).count == 2)
        let gate = Gate()
        let slow = self.broker(.untilEnded(), Slow(gate: gate), backend: Forgetful())
        try await slow.startup()
        async let sending = slow.kiq(named: "t")
        await gate.wait()
        let other = try await slow.kiq(named: "t")
        #expect(try await sending.taskID == other.taskID)
        await broker.shutdown()
        await slow.shutdown()
    }

    /// Opens the gate while the first message is being sent, and sends it when a second one came by.
    private struct Slow: TaskiqMiddleware {
        let gate: Gate
        let second = Gate()

        func preSend(_ message: inout TaskiqMessage) async throws {
            if message.labels["_taskiq_duplicate"] != nil { second.open() }
        }

        func send(_ message: TaskiqMessage, next: NextSend) async throws {
            gate.open()
            await second.wait()
            try await next(message)
        }
    }
}

@Suite("The store of unique keys")
struct UniqueKeyStoreTests {
    private let clock = ManualClock()

    @Test("it stays within its bounds, and forgets what would be over first")
    func capacity() async throws {
        let store = InMemoryUniqueKeyStore(capacity: 8, clock: clock)
        for number in 0..<100 {
            let id = TaskID(rawValue: "\(number)")
            #expect(try await store.claim("key \(number)", for: id, period: .seconds(1000 + number)) == id)
            #expect(store.count <= 8)
        }
        #expect(try await store.claim("key 99", for: "x", period: .seconds(1)) == "99")
        #expect(try await store.claim("key 0", for: "x", period: .seconds(1)) == "x")
    }

    @Test("what is over makes room first")
    func expiry() async throws {
        let store = InMemoryUniqueKeyStore(capacity: 4, clock: clock)
        for (name, period) in [("a", 1), ("b", 100), ("c", 100), ("d", 100)] {
            _ = try await store.claim(name, for: TaskID(rawValue: name), period: .seconds(period))
        }
        clock.advance(by: .seconds(1))
        _ = try await store.claim("e", for: "e", period: .seconds(100))
        for name in ["b", "c", "d", "e"] {
            #expect(try await store.claim(name, for: "x", period: .seconds(1)) == TaskID(rawValue: name))
        }
    }

    @Test("when room is made, all that is over goes")
    func allOver() async throws {
        let store = InMemoryUniqueKeyStore(capacity: 8, clock: clock)
        for number in 0..<8 {
            _ = try await store.claim(
                "\(number)",
                for: TaskID(rawValue: "\(number)"),
                period: .seconds(number < 6 ? 1 : 9)
            )
        }
        clock.advance(by: .seconds(1))
        _ = try await store.claim("8", for: "8", period: .seconds(9))
        #expect(store.count == 3)
    }

    @Test("long keys count by their length")
    func bytes() async throws {
        let store = InMemoryUniqueKeyStore(maxBytes: 1000, clock: clock)
        for number in 0..<20 {
            let key = "\(number)" + String(repeating: "x", count: 200)
            _ = try await store.claim(key, for: TaskID(rawValue: "\(number)"), period: .seconds(9))
            #expect(store.count <= 4)
        }
    }

    @Test("a task holds one key, and frees its own alone")
    func release() async throws {
        let store = InMemoryUniqueKeyStore(clock: clock)
        _ = try await store.claim("a", for: "1", period: .seconds(9))
        await store.release("2")
        #expect(try await store.claim("a", for: "2", period: .seconds(9)) == "1")
        await store.release("1")
        #expect(try await store.claim("a", for: "2", period: .seconds(9)) == "2")
        _ = try await store.claim("b", for: "2", period: .seconds(9))
        #expect(store.count == 1)
        #expect(try await store.claim("a", for: "3", period: .seconds(Int64.max)) == "3")
    }

    @Test("arguments too long to be kept are refused, and push nothing out")
    func longKeys() async throws {
        let store = InMemoryUniqueKeyStore(maxBytes: 1000, clock: clock)
        #expect(try await store.claim("a", for: "1", period: .seconds(10)) == "1")
        let error = await #expect(throws: TaskiqError.self) {
            try await store.claim(String(repeating: "b", count: 251), for: "2", period: .seconds(10))
        }
        #expect(error?.code == .invalidArguments)
        #expect(try await store.claim("a", for: "3", period: .seconds(10)) == "1")
    }
}

/// Refuses to send while it is told to.
private final class Refusing: TaskiqMiddleware {
    let isRefusing = Switch()

    func preSend(_ message: inout TaskiqMessage) async throws {
        if isRefusing.isRaised { throw VisibleError() }
    }
}
