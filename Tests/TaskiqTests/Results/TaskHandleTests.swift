// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Task handles", .timeLimit(.minutes(5)))
struct TaskHandleTests {
    private static func withBroker(_ body: (Broker) async throws -> Void) async throws {
        let broker = Broker.inMemory()
        try await broker.startup()
        do { try await body(broker) } catch {
            await broker.shutdown()
            throw error
        }
        await broker.shutdown()
    }

    @Test("value, result and readiness of a task that ran")
    func success() async throws {
        try await Self.withBroker { broker in
            let add = broker.task("add", labels: [.label("team", "a")]) { (a: Int, b: Int) in a + b }
            let handle = try await add.kiq(2, 3, taskID: "my-id")
            #expect(handle.taskID == "my-id")
            #expect(try await handle.value() == 5)
            #expect(try await handle.isReady)
            let result = try await handle.waitForResult()
            #expect(try result.get() == 5)
            #expect(!result.isError)
            #expect(result.labels["team"] == .string("a"))
            #expect(result.executionTime > .zero)
            #expect(try await broker.handle(for: "my-id").value() == .int(5))
            #expect(try await broker.kiq(named: "add", args: [1, 2].map(JSONValue.int)).value() == .int(3))
        }
    }

    @Test("a task that failed")
    func failure() async throws {
        try await Self.withBroker { broker in
            let fail = broker.task("fail") { () throws -> Int in throw VisibleError() }
            let handle = try await fail.kiq()
            let error = await #expect(throws: TaskFailure.self) { try await handle.value() }
            #expect(error?.type == "VisibleError")
            #expect(try await handle.waitForResult().isError)
        }
    }

    @Test("a result of another type than was asked for")
    func mismatch() async throws {
        try await Self.withBroker { broker in
            broker.register(named: "odd") { _, _ in JSONFragment(string: "text") }
            let odd: TaskDefinition<Int> = TaskDefinition(
                name: "odd",
                labels: [],
                broker: broker,
                outputCoder: .codable,
                body: { 1 }
            )
            let error = await #expect(throws: TaskiqError.self) { try await odd.kiq().value() }
            #expect(error?.code == .resultGet)
            #expect(error?.message == #"the result is not Int: expected an integer, found "text""#)
        }
    }

    @Test("waiting ends by the time-out and by cancellation, while the task goes on")
    func waiting() async throws {
        try await Self.withBroker { broker in
            let gate = Gate()
            let slow = broker.task("slow") { await gate.wait() }
            let handle = try await slow.kiq()
            let error = await #expect(throws: TaskiqError.self) { try await handle.value(timeout: .milliseconds(1)) }
            #expect(error?.code == .resultTimeout)
            #expect(error?.message.contains(handle.taskID.rawValue) == true)
            #expect(try await !handle.isReady)
            let waiter = Task { try await handle.value() }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { try await waiter.value }
            gate.open()
            try await handle.value()
        }
    }

    @Test("logs are kept when asked for")
    func logs() async throws {
        let backend = InMemoryResultBackend()
        let broker = Broker(transport: RecordingTransport(), resultBackend: backend)
        var stored = StoredResult(returnValue: .null, executionTime: .zero)
        stored.log = "line"
        try await backend.setResult(stored, for: "x")
        #expect(try await broker.handle(for: "x").waitForResult().log == nil)
        #expect(try await broker.handle(for: "x").waitForResult(withLogs: true).log == "line")
    }

    @Test("a result is fetched when it is there, and its absence is an error")
    func fetching() async throws {
        let gate = Gate()
        try await Self.withBroker { broker in
            let late = broker.task("late") { () -> Int in
                await gate.wait()
                return 1
            }
            let handle = try await late.kiq()
            #expect(try await !handle.isReady)
            let error = await #expect(throws: TaskiqError.self) { try await handle.result() }
            #expect(error?.code == .resultGet)
            #expect(error?.message.contains("no result yet") == true)
            gate.open()
            _ = try await handle.value()
            #expect(try await handle.result().get() == 1)
        }
    }

    @Test("a task says how far it is")
    func progress() async throws {
        struct Step: Codable, Equatable {
            let done: Int
        }
        let (reached, reachedDone) = AsyncStream<Void>.makeStream()
        let gate = Gate()
        try await Self.withBroker { broker in
            broker.register(named: "long") { _, context in
                try await context.report(.started, meta: Step(done: 1))
                try await context.report(TaskProgress(state: "HALF"))
                try await context.report("HALF", meta: Step(done: 50))
                reachedDone.finish()
                await gate.wait()
                return .null
            }
            let handle = try await broker.kiq(named: "long")
            for await _ in reached {}
            let progress = try await handle.progress()
            #expect(progress?.state == "HALF")
            #expect(try progress?.meta?.decode(Step.self) == Step(done: 50))
            #expect(try await broker.handle(for: "unknown").progress() == nil)
            gate.open()
            _ = try await handle.value()
        }
    }

    @Test("a broker without results says so to whoever asks for one")
    func noBackend() async throws {
        let broker = Broker(transport: RecordingTransport())
        try await broker.startup()
        let handle = try await broker.kiq(named: "any")
        await broker.shutdown()
        let fetched = await #expect(throws: TaskiqError.self) { try await handle.result() }
        #expect(fetched?.code == .resultGet)
        #expect(fetched?.description.contains("give the broker a result backend") == true)
        let asked = await #expect(throws: TaskiqError.self) { try await handle.isReady }
        #expect(asked?.code == .resultIsReady)
        let waited = await #expect(throws: TaskiqError.self) { try await handle.value(timeout: .seconds(5)) }
        #expect(waited?.code == .resultGet)
    }
}
