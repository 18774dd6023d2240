// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq
import TaskiqHubProtocol
import Testing

@testable import TaskiqZeroMQ

/// What must end although no hub answers, and what must not be forgotten until one does.
@Suite(.timeLimit(.minutes(2)))
struct HubConnectionTests {
    private let address = RunningHub.freeAddress()

    private func connection() throws -> HubConnection {
        try HubConnection(address: try HubAddress(address), application: "app", logger: RunningHub.logger)
    }

    private func until(_ condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    @Test("a broker that was not started says so, and waits for nothing")
    func notStarted() async throws {
        let broker = try Broker.zeroMQ(address, logger: RunningHub.logger)
        let subscription = WorkerSubscription(
            catalogue: TaskCatalogue(application: "app", tasks: []),
            queues: ["default"],
            concurrency: 1,
            prefetch: 0
        )
        let attempts: [@Sendable () async throws -> Void] = [
            { _ = try await broker.kiq(named: "t") },
            { _ = try await broker.resultBackend.isResultReady(for: "a") },
            { _ = try await broker.resultBackend.result(for: "a") },
            { _ = try await broker.resultBackend.progress(for: "a") },
            { _ = try await broker.resultBackend.waitForResult(for: "a", timeout: nil, checkInterval: .seconds(1)) },
            { _ = try await broker.transport.listen(subscription) },
        ]
        for attempt in attempts {
            let error = await #expect(throws: TaskiqError.self) { try await attempt() }
            #expect(error?.code == .configuration)
            #expect(error?.message.contains("startup()") == true)
        }
        await broker.transport.shutdown()
        for attempt in attempts {
            let error = await #expect(throws: TaskiqError.self) { try await attempt() }
            #expect(error?.code == .shutdown)
        }
    }

    @Test("whoever waits for an acknowledgement is let go when cancelled, while the hub is away")
    func cancelledAcknowledgement() async throws {
        let connection = try connection()
        try connection.start()
        let lease = LeaseKey(sequence: 1, attempt: 1)
        let waiting = Task { try await connection.acknowledge(lease) }
        await until { connection.state.withLock { $0.acknowledgements.contains(lease) } }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        await connection.shutdown(within: .zero)
    }

    @Test("who stops waiting for a result takes nothing from who has just looked it up")
    func lookUpBesideCancelledWait() async throws {
        let connection = try connection()
        try connection.start()
        let lookUp = Task { try await connection.lookUpResult(of: "a", timeout: .seconds(20)) }
        await until { connection.state.withLock { $0.lookups.contains("a") } }
        let waiting = Task { try await connection.waitForResult(of: "a", timeout: nil) }
        await until { connection.state.withLock { $0.waiters.taskIDs.contains("a") } }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        try await RunningHub.with(at: address) { _ in
            let error = await #expect(throws: TaskiqError.self) { try await lookUp.value }
            #expect(error?.code == .unknownTaskID)
        }
        await connection.shutdown(within: .zero)
    }

    @Test("a worker ends when somebody else shuts its broker down; a second one is refused")
    func shutdownByOthers() async throws {
        try await RunningHub.with { hub in
            let broker = try hub.broker()
            broker.task("one") { () in 1 }
            let client = try hub.broker()
            try await client.startup()
            let running = Task { try await Worker(broker: broker).run() }
            let task = try await client.kiq(named: "one")
            #expect(try await task.value(timeout: .seconds(20)) == .int(1))
            let subscription = WorkerSubscription(
                catalogue: TaskCatalogue(application: "app", tasks: []),
                queues: ["default"],
                concurrency: 1,
                prefetch: 0
            )
            let error = await #expect(throws: TaskiqError.self) { try await broker.transport.listen(subscription) }
            #expect(error?.code == .conflict)
            await broker.shutdown()
            try await running.value
            await client.shutdown()
        }
    }

    @Test("times and numbers without a limit are as good as any")
    func noLimits() async throws {
        try await RunningHub.with { hub in
            let longest = Duration.seconds(Int64.max)
            var configuration = ZeroMQTransport.Configuration(sendTimeout: longest)
            configuration.goodbyeTimeout = longest
            let broker = try hub.broker(configuration)
            broker.task("one") { () in 1 }
            var worker = Worker.Configuration()
            worker.maxPrefetch = .max
            try await hub.withWorker(broker, configuration: worker, client: configuration) { client in
                let task = try await client.kiq(named: "one")
                #expect(try await task.value(timeout: longest) == .int(1))
                #expect(try await task.isReady)
            }
        }
    }
}
