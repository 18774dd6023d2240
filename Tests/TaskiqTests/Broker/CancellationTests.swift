// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import Taskiq

@Suite("Cancelling tasks, in memory", .timeLimit(.minutes(5)))
struct CancellationTests {
    private let broker = Broker.inMemory(middlewares: [SimpleRetryMiddleware()])
    private let journal = Journal()

    /// Starts the broker with a worker that runs one task at a time.
    private func startWithOneRunner(_ broker: Broker) async throws -> Task<Void, any Error> {
        let worker = Worker(broker: broker, configuration: .init(maxAsyncTasks: 1, maxPrefetch: 10))
        return Task { try await worker.run() }
    }

    private func failure(_ result: TaskiqResult<some Sendable>) -> TaskFailure? {
        if case .failure(let failure) = result.outcome { failure } else { nil }
    }

    @Test("one that waits for its time ends with an error, and never runs")
    func delayed() async throws {
        let task = broker.task("t") { () -> Int in 1 }
        try await broker.startup()
        let handle = try await task.kiq(labels: [.delay(.seconds(86_400))])
        #expect(try await handle.cancel(reason: "no longer wanted") == .cancelled)
        let failure = try #require(failure(try await handle.waitForResult()))
        #expect(failure.isCancellation)
        #expect(failure.message == "the task was cancelled: no longer wanted")
        await broker.shutdown()
    }

    @Test("one that runs is cancelled as Swift's tasks are, and is not tried again")
    func running() async throws {
        let began = Gate()
        let task = broker.task("t", labels: [.retryOnError(true)]) { () -> Int in
            journal.note("runs")
            began.open()
            try await untilCancelled()
            return 1
        }
        try await broker.startup()
        let handle = try await task.kiq()
        await began.wait()
        #expect(try await handle.cancel() == .requested)
        #expect(failure(try await handle.waitForResult())?.isCancellation == true)
        #expect(journal.entries == ["runs"])
        await broker.shutdown()
    }

    @Test("its runner goes on with the next one, which is not cancelled")
    func runnerGoesOn() async throws {
        // One runner in the process, so that it must be the same that goes on.
        let broker = Broker(transport: QueueTransport(), resultBackend: InMemoryResultBackend())
        let began = Gate()
        let stuck = broker.task("stuck") { () -> Int in
            began.open()
            try await untilCancelled()
            return 1
        }
        let next = broker.task("next") { () -> Bool in Task.isCancelled }
        let running = try await startWithOneRunner(broker)
        try await broker.startup()
        let handle = try await stuck.kiq()
        let following = try await next.kiq()
        await began.wait()
        try await handle.cancel()
        #expect(failure(try await handle.waitForResult())?.isCancellation == true)
        #expect(try await following.value() == false)
        running.cancel()
        _ = try? await running.value
    }

    @Test("one that a worker holds ready does not run")
    func prefetched() async throws {
        let broker = Broker(transport: QueueTransport(), resultBackend: InMemoryResultBackend())
        let (began, gate) = (Gate(), Gate())
        let first = broker.task("first") { () -> Int in
            began.open()
            await gate.wait()
            return 1
        }
        let second = broker.task("second") { () -> Int in
            journal.note("second ran")
            return 2
        }
        let running = try await startWithOneRunner(broker)
        try await broker.startup()
        let handle = try await first.kiq()
        await began.wait()
        let waiting = try await second.kiq()
        #expect(try await waiting.cancel() == .requested)
        gate.open()
        #expect(failure(try await waiting.waitForResult())?.isCancellation == true)
        #expect(try await handle.value() == 1)
        #expect(journal.entries.isEmpty)
        running.cancel()
        _ = try? await running.value
    }

    @Test("one that ends well all the same has ended well")
    func succeedsAllTheSame() async throws {
        let began = Gate()
        let task = broker.task("t") { () -> Int in
            began.open()
            try? await untilCancelled()
            return 7
        }
        try await broker.startup()
        let handle = try await task.kiq()
        await began.wait()
        try await handle.cancel()
        #expect(try await handle.value() == 7)
        await broker.shutdown()
    }

    @Test("what comes after it is not cancelled: dependencies are disposed of, hooks run, the result is stored")
    func afterwards() async throws {
        let broker = Broker.inMemory(
            resultBackend: CancellationMindingBackend(journal: journal),
            middlewares: [NotingMiddleware(journal: journal)]
        )
        let began = Gate()
        let task = broker.task("t") { () -> Int in
            began.open()
            try await untilCancelled()
            return 1
        }
        try await broker.startup()
        let handle = try await task.kiq()
        await began.wait()
        try await handle.cancel()
        _ = try await handle.waitForResult()
        await broker.shutdown()
        #expect(journal.entries == ["onError false", "postExecute false", "setResult false"])
    }

    @Test("one that has ended, or was never sent, is not known")
    func ended() async throws {
        let task = broker.task("t") { () -> Int in 1 }
        try await broker.startup()
        let handle = try await task.kiq()
        _ = try await handle.value()
        await #expect { try await handle.cancel() } throws: { ($0 as? TaskiqError)?.code == .unknownTaskID }
        await #expect { try await broker.cancel("never") } throws: { ($0 as? TaskiqError)?.code == .unknownTaskID }
        await broker.shutdown()
    }

    @Test("one that runs while the broker stops is cancelled, too")
    func whileStopping() async throws {
        let began = Gate()
        let task = broker.task("t") { () -> Int in
            began.open()
            try await untilCancelled()
            return 1
        }
        try await broker.startup()
        let handle = try await task.kiq()
        await began.wait()
        await broker.transport.stopListening()
        #expect(try await handle.cancel() == .requested)
        #expect(failure(try await handle.waitForResult())?.isCancellation == true)
        await broker.shutdown()
    }

    @Test("one that a listener has that knows no cancelling is told of when it comes back")
    func handMadeListener() async throws {
        let transport = InMemoryTransport()
        let subscription = WorkerSubscription(
            catalogue: broker.catalogue(application: "a"),
            queues: ["q"],
            concurrency: 1,
            prefetch: 0
        )
        try await transport.kick(BrokerMessage(taskID: "i", taskName: "t", message: [], labels: []))
        let channel = try await transport.listen(subscription)
        let delivery = try #require(await channel.next())
        #expect(delivery.cancellationReason == nil)
        #expect(try await transport.cancel("i", reason: "why") == .requested)
        await transport.stopListening()
        #expect(try await transport.cancel("i", reason: "later") == .requested)
        delivery.receipt.settle(.released)
        let again = try #require(await transport.listen(subscription).next())
        #expect(again.cancellationReason == "why")
        again.receipt.settle(.completed(nil))
        await #expect { try await transport.cancel("i", reason: "") } throws: {
            ($0 as? TaskiqError)?.code == .unknownTaskID
        }
        await transport.shutdown()
    }

    @Test("one that is cancelled at any moment ends, once")
    func anyMoment() async throws {
        let task = broker.task("t") { () -> Int in
            for _ in 0..<100 { await Task.yield() }
            try Task.checkCancellation()
            return 1
        }
        try await broker.startup()
        await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    let handle = try await task.kiq()
                    _ = try? await handle.cancel()
                    _ = try await handle.waitForResult()
                }
            }
        }
        await broker.shutdown()
    }

    @Test("an engine that cannot do it says so")
    func unable() async throws {
        let broker = Broker(transport: Unable())
        await #expect { try await broker.cancel("t") } throws: { error in
            (error as? TaskiqError)?.code == .configuration && "\(error)".contains("unable://")
        }
    }
}

/// The queue in memory, for a worker that the test starts itself.
private struct QueueTransport: BrokerTransport, TaskCancelling {
    private let queue = InMemoryTransport()

    var address: String { queue.address }

    func startup() async throws { try await queue.startup() }
    func kick(_ message: BrokerMessage) async throws { try await queue.kick(message) }
    func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel {
        try await queue.listen(subscription)
    }
    func stopListening() async { await queue.stopListening() }
    func shutdown() async { await queue.shutdown() }
    func cancel(_ taskID: TaskID, reason: String) async throws -> TaskCancellation {
        try await queue.cancel(taskID, reason: reason)
    }
}

private struct Unable: BrokerTransport {
    let address = "unable://"

    func startup() async throws {}
    func kick(_ message: BrokerMessage) async throws {}
    func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel { DeliveryChannel() }
    func stopListening() async {}
    func shutdown() async {}
}

/// Notes which hooks run, and whether they run in a task that is cancelled.
private struct NotingMiddleware: TaskiqMiddleware {
    let journal: Journal

    func onError(
        _ error: any Error,
        message: TaskiqMessage,
        result: inout StoredResult,
        context: Context
    ) async throws {
        journal.note("onError \(Task.isCancelled)")
    }

    func postExecute(_ message: TaskiqMessage, result: inout StoredResult, context: Context) async throws {
        journal.note("postExecute \(Task.isCancelled)")
    }
}

private struct CancellationMindingBackend: ResultBackend {
    let journal: Journal
    let inner = InMemoryResultBackend()

    func setResult(_ result: StoredResult, for taskID: TaskID) async throws {
        journal.note("setResult \(Task.isCancelled)")
        try await inner.setResult(result, for: taskID)
    }

    func result(for taskID: TaskID) async throws -> StoredResult? {
        try await inner.result(for: taskID)
    }

    func waitForResult(for taskID: TaskID, timeout: Duration?, checkInterval: Duration) async throws -> StoredResult {
        try await inner.waitForResult(for: taskID, timeout: timeout, checkInterval: checkInterval)
    }
}
