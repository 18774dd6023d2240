// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ServiceLifecycle
import Testing

@testable import Taskiq

@Suite("The life of a broker", .timeLimit(.minutes(5)))
struct BrokerLifecycleTests {
    private struct Announcing: TaskiqMiddleware {
        let name: String
        let journal: Journal

        func startup(_ broker: Broker) async throws { journal.note("\(name) startup") }
        func shutdown(_ broker: Broker) async { journal.note("\(name) shutdown") }
    }

    private func broker(_ journal: Journal) -> Broker {
        let broker = Broker(
            transport: RecordingTransport(journal),
            resultBackend: RecordingBackend(journal),
            middlewares: [Announcing(name: "A", journal: journal), Announcing(name: "B", journal: journal)]
        )
        for event in [TaskiqEvent.clientStartup, .clientShutdown, .workerStartup, .workerShutdown] {
            broker.on(event) { _ in journal.note("\(event) 1") }
            broker.on(event) { _ in journal.note("\(event) 2") }
        }
        return broker
    }

    @Test(
        "all starts in order and stops in reverse, once",
        arguments: [(Broker.Role.client, "client"), (.worker, "worker")]
    )
    func order(role: Broker.Role, name: String) async throws {
        let journal = Journal()
        let broker = broker(journal)
        await broker.shutdown()
        try await broker.startup(role: role)
        try await broker.startup(role: role)
        await broker.shutdown()
        await broker.shutdown()
        #expect(
            journal.entries == [
                "\(name)Startup 1", "\(name)Startup 2", "A startup", "B startup", "backend startup",
                "transport startup",
                "transport shutdown", "backend shutdown", "B shutdown", "A shutdown", "\(name)Shutdown 2",
                "\(name)Shutdown 1",
            ]
        )
    }

    @Test("an error at a startup ends it, and it can be tried again")
    func failures() async throws {
        let journal = Journal()
        let broker = broker(journal)
        broker.on(.clientStartup) { broker in
            if broker.state.value(for: "ready", as: Bool.self) == nil { throw VisibleError() }
        }
        broker.on(.clientShutdown) { _ in throw VisibleError() }
        await #expect(throws: VisibleError.self) { try await broker.startup() }
        #expect(journal.entries == ["clientStartup 1", "clientStartup 2", "clientShutdown 2", "clientShutdown 1"])
        broker.state.setValue(true, for: "ready")
        try await broker.startup()
        await broker.shutdown()
        #expect(journal.entries.suffix(2) == ["clientShutdown 2", "clientShutdown 1"])
    }

    @Test("as a service it lives until it is asked to stop")
    func service() async throws {
        let journal = Journal()
        let broker = broker(journal)
        let started = Gate()
        broker.on(.clientStartup) { _ in started.open() }
        let group = ServiceGroup(services: [broker], logger: broker.logger)
        async let running: Void = group.run()
        await started.wait()
        await group.triggerGracefulShutdown()
        try await running
        #expect(journal.entries.last == "clientShutdown 1")
    }

    /// A result backend that cannot start.
    private struct Unstartable: ResultBackend {
        func startup() async throws { throw VisibleError() }
        func setResult(_ result: StoredResult, for taskID: TaskID) async throws {}
        func result(for taskID: TaskID) async throws -> StoredResult? { nil }
    }

    @Test("what had started when something fails is stopped again, and nothing else")
    func rollback() async throws {
        let journal = Journal()
        let broker = Broker(
            transport: RecordingTransport(journal),
            resultBackend: Unstartable(),
            middlewares: [Announcing(name: "A", journal: journal)]
        )
        broker.on(.clientStartup) { _ in journal.note("started") }
        broker.on(.clientShutdown) { _ in journal.note("stopped") }
        await #expect(throws: VisibleError.self) { try await broker.startup() }
        #expect(journal.entries == ["started", "A startup", "A shutdown", "stopped"])
        await broker.shutdown()
        #expect(journal.entries.count == 4)
    }

    @Test("who starts or stops at the same time waits for the same start and stop")
    func concurrency() async throws {
        let journal = Journal()
        let broker = broker(journal)
        let gate = Gate()
        broker.on(.clientStartup) { _ in await gate.wait() }
        await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    try await broker.startup()
                    #expect(journal.entries.contains("transport startup"))
                }
            }
            gate.open()
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    await broker.shutdown()
                    #expect(journal.entries.last == "clientShutdown 1")
                }
            }
        }
        #expect(journal.entries.count { $0 == "transport startup" } == 1)
        #expect(journal.entries.count { $0 == "transport shutdown" } == 1)
    }

    @Test("a start that is cancelled stops what it had started")
    func cancelledStart() async throws {
        let journal = Journal()
        let broker = broker(journal)
        let reached = Gate()
        broker.on(.clientStartup) { _ in
            reached.open()
            try await untilCancelled()
        }
        let starting = Task { try await broker.startup() }
        await reached.wait()
        starting.cancel()
        await #expect(throws: CancellationError.self) { try await starting.value }
        #expect(journal.entries.last == "clientShutdown 1")
    }

    @Test("a handler of the start may ask for it, and is not kept waiting for itself")
    func nestedStart() async throws {
        let journal = Journal()
        let broker = broker(journal)
        broker.on(.clientStartup) { broker in
            try await broker.startup()
            await broker.shutdown()
        }
        try await broker.startup()
        #expect(journal.entries.last == "transport startup")
        await broker.shutdown()
    }

    @Test("one of two who start it is cancelled: it starts for the other")
    func oneCancelledStarter() async throws {
        let journal = Journal()
        let broker = broker(journal)
        let (reached, gate) = (Gate(), Gate())
        broker.on(.clientStartup) { _ in
            reached.open()
            await gate.wait()
            try Task.checkCancellation()
        }
        let starters = (0..<2).map { _ in Task { try await broker.startup() } }
        await reached.wait()
        // Long enough for both to have asked.
        for _ in 0..<2_000 { await Task.yield() }
        starters[0].cancel()
        await #expect(throws: CancellationError.self) { try await starters[0].value }
        gate.open()
        try await starters[1].value
        #expect(journal.entries.last == "transport startup")
        await broker.shutdown()
    }

    @Test("who asks for a start that all others have given up gets one of its own")
    func startAfterGivenUp() async throws {
        let journal = Journal()
        let broker = broker(journal)
        let (reached, gate) = (Gate(), Gate())
        broker.on(.clientStartup) { _ in
            reached.open()
            // Ends neither when it is cancelled nor before the gate opens, so that the start is still there.
            await Task { await gate.wait() }.value
            try Task.checkCancellation()
        }
        let first = Task { try await broker.startup() }
        await reached.wait()
        first.cancel()
        let second = Task { try await broker.startup() }
        for _ in 0..<2_000 { await Task.yield() }
        gate.open()
        await #expect(throws: CancellationError.self) { try await first.value }
        try await second.value
        #expect(journal.entries.last == "transport startup")
        await broker.shutdown()
    }

    @Test("what a handler left behind may stop the broker later, and a handler of the stop may ask for it")
    func leftBehind() async throws {
        let journal = Journal()
        let broker = broker(journal)
        let (gate, stopped) = (Gate(), Gate())
        broker.on(.clientStartup) { broker in
            Task {
                await gate.wait()
                await broker.shutdown()
                stopped.open()
            }
        }
        broker.on(.clientShutdown) { broker in await broker.shutdown() }
        try await broker.startup()
        gate.open()
        await stopped.wait()
        #expect(journal.entries.last == "clientShutdown 1")
    }

    @Test("what a task in memory left behind may stop its broker")
    func stoppedByTask() async throws {
        let broker = Broker.inMemory()
        let stopped = Gate()
        let task = broker.task("stop") { () -> Int in
            let broker = try #require(Context.current?.broker)
            Task {
                await broker.shutdown()
                stopped.open()
            }
            return 1
        }
        try await broker.startup()
        _ = try await task.kiq()
        await stopped.wait()
        let error = await #expect(throws: TaskiqError.self) { try await task.kiq() }
        #expect(error?.code == .shutdown)
    }
}
