// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq
import TaskiqTestKit
import Testing

@Suite("A test broker that runs tasks when it is asked to", .timeLimit(.minutes(5)))
struct ManualModeTests {
    @Test("tasks wait, and what they send runs with them")
    func drain() async throws {
        try await withTestBroker(prepare: register) { test in
            let handle = try await Newsletter(readers: ["a", "b"]).kiq(on: test.broker)
            #expect(test.executions.isEmpty)
            #expect(test.pending.map(\.taskName) == ["mail.newsletter"])
            #expect(try await !handle.isReady)
            #expect(try await test.drain() == 3)
            #expect(try await handle.result().get() == 2)
            #expect(test.executions.map(\.taskName) == ["mail.newsletter", "mail.send", "mail.send"])
            #expect(
                test.executions(of: "mail.send").map { $0.result?.returnValue.text } == [
                    "\"sent to a\"", "\"sent to b\"",
                ]
            )
            #expect(test.executions(of: "mail.send").map(\.delivery.queue) == ["mail", "mail"])
            #expect(try await test.drain() == 0)
        }
    }

    @Test("delays pass on the clock, in the order of their times")
    func delays() async throws {
        try await withTestBroker(prepare: register) { test in
            try await Mail(to: "later").kiq(on: test.broker, labels: [.delay(.seconds(60))])
            try await Mail(to: "never").kiq(on: test.broker, labels: [.delay(.seconds(86_400))])
            try await Mail(to: "sooner").kiq(on: test.broker, labels: [.delay(.seconds(30))])
            try await Mail(to: "now").kiq(on: test.broker)
            #expect(try await test.drain(for: .zero) == 1)
            #expect(try await test.drain(for: .seconds(29)) == 0)
            #expect(try await test.drain(for: .seconds(31)) == 2)
            #expect(test.clock.now.offset == .seconds(60))
            #expect(test.executions.map { $0.startedAt.offset } == [.zero, .seconds(30), .seconds(60)])
            #expect(try await test.step())
            #expect(test.clock.now.offset == .seconds(86_400))
            #expect(try await !test.step())
        }
    }

    @Test("what is more urgent runs first, else what was sent first")
    func priorities() async throws {
        try await withTestBroker(prepare: register) { test in
            for (to, priority) in [("a", 0), ("b", 9), ("c", 0), ("d", 9)] {
                try await Mail(to: to).kiq(on: test.broker, labels: [.priority(priority)])
            }
            try await test.waitAll()
            let order = test.executions.compactMap { $0.message?.kwargs["to"]?.text }
            #expect(order == ["\"b\"", "\"d\"", "\"a\"", "\"c\""])
        }
    }

    @Test("retries run in the same drain, after their delays")
    func retries() async throws {
        try await withTestBroker(prepare: register) { test in
            let handle = try await Flaky(failures: 3).kiq(on: test.broker)
            #expect(try await test.drain() == 4)
            #expect(test.executions.map(\.isRequeued) == [true, true, true, false])
            #expect(test.executions.compactMap(\.delay) == [.seconds(1), .seconds(2), .seconds(4)])
            #expect(test.clock.now.offset == .seconds(7))
            #expect(try await handle.value() == 3)
            #expect(test.sent.count == 1)
        }
    }

    @Test("a loop without end is ended, and named")
    func endless() async throws {
        let test = TestBroker(executionLimit: 50)
        register(on: test.broker)
        try await Mail(to: "a").kiq(on: test.broker)
        try await test.broker.kiq(named: "loops")
        let error = await #expect(throws: TestKitError.self) { try await test.drain() }
        #expect(error?.code == .limit)
        #expect(error?.message.contains(#"one drain ran 50 tasks and 1 still wait: "loops" ran 49 times"#) == true)
    }

    @Test("errors and refusals are written down")
    func failures() async throws {
        try await withTestBroker(prepare: register) { test in
            try await test.broker.kiq(named: "fails", args: [.int(1), .int(2)])
            try await test.broker.kiq(named: "refuses", taskID: "r")
            try await test.broker.kiq(named: "nobody")
            try await test.drain()
            #expect(test.executions[0].error as? Broken == Broken(number: 2))
            #expect(test.executions[0].result?.error?.type.hasSuffix("Broken") == true)
            #expect(test.executions[1].isRejected)
            #expect(test.deadLetters.first?.taskID == "r")
            #expect(test.deadLetters.first?.reason == "not today")
            #expect(test.deadLetters.map(\.taskName) == ["refuses", "nobody"])
            #expect(test.executions[2].result?.error?.type == "UnknownTaskError")
        }
    }

    @Test("who waits for a result has run what must run first, and is told when nothing will come")
    func waiting() async throws {
        try await withTestBroker(prepare: register) { test in
            let sum = try await SumBelow(number: 20).kiq(on: test.broker)
            #expect(try await sum.value() == 210)
            #expect(test.executions.count == 21)
            let error = await #expect(throws: TaskiqError.self) { try await test.broker.handle(for: "unknown").value() }
            #expect(error?.code == .resultTimeout)
            #expect(error?.message.contains("task unknown has no result") == true)
        }
    }

    @Test("a message that its task left unacknowledged comes again after its time, unless it is acknowledged")
    func held() async throws {
        let test = TestBroker(manualAcknowledgeTimeout: .seconds(10))
        test.broker.register(named: "t", labels: [.acknowledge(.manual)]) { _, context in
            if context.isRedelivered { try await context.acknowledge() }
            return .null
        }
        try await test.broker.kiq(named: "t", labels: [.acknowledge(.manual)])
        #expect(try await test.drain() == 2)
        #expect(test.executions.map(\.delivery.attempt) == [1, 2])
        #expect(test.clock.now.offset == .seconds(10))
    }

    @Test("a message that is acknowledged after its task has ended does not come again")
    func acknowledgedLater() async throws {
        let test = TestBroker()
        let contexts = Mutex<[Context]>([])
        test.broker.register(named: "t") { _, context in
            contexts.withLock { $0.append(context) }
            return .null
        }
        try await test.broker.kiq(named: "t", labels: [.acknowledge(.manual)])
        #expect(try await test.drain(for: .zero) == 1)
        #expect(test.pending.count == 1)
        try await contexts.withLock { $0.first }?.acknowledge()
        #expect(test.pending.isEmpty)
        #expect(try await test.drain() == 0)
    }

    @Test("handlers and hooks of both sides run, and a broker that is shut down takes nothing")
    func life() async throws {
        let test = TestBroker()
        test.broker.on(.clientStartup) { $0.state.setValue(1, for: "client") }
        test.broker.on(.workerStartup) { $0.state.setValue(2, for: "worker") }
        register(on: test.broker)
        try await test.startup()
        #expect(
            test.broker.state.value(for: "client", default: 0) + test.broker.state.value(for: "worker", default: 0) == 3
        )
        try await Mail(to: "a").kiq(on: test.broker)
        await test.shutdown()
        let error = await #expect(throws: TaskiqError.self) { try await Mail(to: "a").kiq(on: test.broker) }
        #expect(error?.code == .shutdown)
        try await test.startup()
        #expect(try await test.drain() == 1)
    }
}
