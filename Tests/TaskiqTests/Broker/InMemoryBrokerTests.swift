// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("A broker in memory", .timeLimit(.minutes(5)))
struct InMemoryBrokerTests {
    @Test("what is sent before the startup runs after it, and each message once")
    func everythingRuns() async throws {
        let broker = Broker.inMemory()
        let seen = Journal()
        let task = broker.task("t") { (number: Int) -> Int in number }
        let early = try await task.kiq(-1)
        try await broker.startup()
        #expect(try await early.value() == -1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<80 {
                group.addTask {
                    let value = try await task.kiq(number).value()
                    seen.note("\(value)")
                }
            }
            try await group.waitForAll()
        }
        #expect(seen.entries.compactMap(Int.init).sorted() == Array(0..<80))
        await broker.shutdown()
    }

    @Test("a startup followed at once by a shutdown ends, and can be repeated")
    func shortLives() async throws {
        let broker = Broker.inMemory()
        let task = broker.task("t") { () -> Int in 1 }
        for _ in 0..<200 {
            try await broker.startup()
            try await broker.startup()
            await broker.shutdown()
            await broker.shutdown()
        }
        try await broker.startup()
        #expect(try await task.kiq().value() == 1)
        await broker.shutdown()
    }

    @Test("a shutdown waits for the tasks that run")
    func waitsForTasks() async throws {
        let broker = Broker.inMemory()
        let (began, gate) = (Gate(), Gate())
        let task = broker.task("t") { () -> Int in
            began.open()
            await gate.wait()
            return 1
        }
        try await broker.startup()
        let handle = try await task.kiq()
        await began.wait()
        async let stopping: Void = broker.shutdown()
        gate.open()
        await stopping
        #expect(try await handle.isReady)
    }

    @Test("a message with a delay comes later, and holds nothing up")
    func delay() async throws {
        let broker = Broker.inMemory()
        let task = broker.task("t") { (number: Int) -> Int in number }
        try await broker.startup()
        let never = try await task.kiq(1, labels: [.delay(.seconds(86_400))])
        let soon = try await task.kiq(2, labels: [.delay(.milliseconds(1))])
        let now = try await task.kiq(3)
        #expect(try await now.value() == 3)
        #expect(try await soon.value() == 2)
        #expect(try await !never.isReady)
        await broker.shutdown()
    }

    @Test("a task that is put back runs again, with the count in its labels")
    func requeue() async throws {
        let broker = Broker.inMemory()
        broker.register(named: "t") { message, context in
            let count = message.labels[.requeueCount] ?? 0
            if count < 3 { try context.requeue(after: .milliseconds(count), labels: [.label("last", count)]) }
            return try JSONFragment(encoding: [count, message.labels["last" as Label<Int>] ?? -1])
        }
        try await broker.startup()
        #expect(
            try await broker.kiq(named: "t", labels: [.delay(.milliseconds(1))]).value() == .array([.int(3), .int(2)])
        )
        await broker.shutdown()
    }

    @Test("whoever waits for a task that is unknown or refuses its message gets an error")
    func errors() async throws {
        let broker = Broker.inMemory()
        broker.register(named: "picky") { _, context in try context.reject("not today") }
        try await broker.startup()
        let unknown = await #expect(throws: TaskFailure.self) { try await broker.kiq(named: "nobody").value() }
        #expect(unknown?.type == "UnknownTaskError")
        #expect(unknown?.message.contains(#""nobody""#) == true)
        let picky = await #expect(throws: TaskFailure.self) { try await broker.kiq(named: "picky").value() }
        #expect(picky?.description == "TaskRejectedError: not today")
        await broker.shutdown()
    }

    @Test("a task reads what the startup of its process put aside, and the current context")
    func context() async throws {
        let broker = Broker.inMemory()
        broker.on(.workerStartup) { $0.state.setValue("db", for: "database") }
        broker.on(.clientStartup) { $0.state.setValue(5, for: "number") }
        broker.register(named: "t") { message, context in
            #expect(Context.current?.message == message)
            #expect(context.attempt == 1)
            let text: String? = context.state.value(for: "database")
            return JSONFragment(string: "\(text ?? "none") \(context.state.value(for: "number", default: 0))")
        }
        try await broker.startup()
        #expect(Context.current == nil)
        #expect(try await broker.kiq(named: "t").value() == .string("db 5"))
        #expect(broker.state.value(for: "database", as: Int.self) == nil)
        broker.state.setValue(nil, for: "database")
        #expect(broker.state.value(for: "database", as: String.self) == nil)
        await broker.shutdown()
    }

    @Test("a worker beside the broker's own shares its messages and stops with it")
    func secondWorker() async throws {
        let broker = Broker.inMemory()
        let task = broker.task("t") { () -> Int in 1 }
        try await broker.startup()
        let worker = Task { try await Worker(broker: broker).run() }
        for _ in 0..<20 { #expect(try await task.kiq().value() == 1) }
        worker.cancel()
        _ = await worker.result
        await broker.shutdown()
    }

    @Test("whoever waits for a message that nobody can read is told")
    func unreadable() async throws {
        struct Garbling: TaskiqFormatter {
            func dumps(_ message: TaskiqMessage) throws(TaskiqError) -> BrokerMessage {
                var encoded = try JSONFormatter().dumps(message)
                encoded.message.removeLast()
                return encoded
            }
            func loads(_ data: [UInt8]) throws(TaskiqError) -> TaskiqMessage { try JSONFormatter().loads(data) }
        }
        try await Broker.inMemory(formatter: Garbling()).withStartup { broker in
            let result = try await broker.kiq(named: "any").waitForResult(timeout: .seconds(60))
            guard case .failure(let failure) = result.outcome else {
                Issue.record("\(result.outcome)")
                return
            }
            #expect(failure.type == "DeadLetterError")
            #expect(failure.message.hasPrefix("unreadable message: "))
        }
    }
}
