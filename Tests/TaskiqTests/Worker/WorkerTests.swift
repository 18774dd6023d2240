// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import ServiceLifecycle
import Testing

@testable import Taskiq

@Suite("Worker", .timeLimit(.minutes(5)))
struct WorkerTests {
    private let journal = Journal()
    private let began = Gate()

    private func worker(
        _ transport: RecordingTransport,
        maxAsyncTasks: Int = 4,
        waitTasksTimeout: Duration = .seconds(3600),
        body: @escaping @concurrent @Sendable () async throws -> Int
    ) -> Worker {
        let broker = Broker(
            transport: transport,
            resultBackend: RecordingBackend(journal, storesWithAcknowledgement: true)
        )
        let began = began
        broker.task("t") { () async throws -> Int in
            began.open()
            return try await body()
        }
        return Worker(
            broker: broker,
            configuration: .init(maxAsyncTasks: maxAsyncTasks, waitTasksTimeout: waitTasksTimeout)
        )
    }

    private func delivery(_ id: TaskID, _ receipt: RecordingReceipt) throws -> AckableMessage {
        let message = try JSONFormatter().dumps(TaskiqMessage(taskID: id, taskName: "t"))
        return AckableMessage(data: message.message, info: DeliveryInfo(), receipt: receipt)
    }

    @Test("at a graceful shutdown the tasks that run end, and those that wait are released")
    func graceful() async throws {
        let (transport, gate) = (RecordingTransport(journal), Gate())
        let worker = worker(transport, maxAsyncTasks: 1) {
            await gate.wait()
            return 1
        }
        let (running, waiting) = (RecordingReceipt(), RecordingReceipt())
        transport.channel.offer([try delivery("1", running), try delivery("2", waiting)])
        let group = ServiceGroup(services: [worker], logger: worker.broker.logger)
        async let ended: Void = group.run()
        await began.wait()
        await group.triggerGracefulShutdown()
        // The channel ends before the task does: what waited is released, and nothing more is taken.
        while waiting.settlements.isEmpty { await Task.yield() }
        gate.open()
        try await ended
        #expect(running.settlements.first?.result?.returnValue.text == "1")
        guard case .released? = waiting.settlements.first else {
            Issue.record("\(waiting.settlements)")
            return
        }
        #expect(running.settlements.count == 1 && waiting.settlements.count == 1)
        #expect(
            journal.entries == [
                "backend startup", "transport startup", "listen", "stopListening", "transport shutdown",
                "backend shutdown",
            ]
        )
    }

    @Test("tasks that do not end in time are cancelled and given back")
    func impatient() async throws {
        let transport = RecordingTransport(journal)
        let worker = worker(transport, waitTasksTimeout: .zero) {
            try await untilCancelled()
            return 1
        }
        let receipt = RecordingReceipt()
        transport.channel.offer([try delivery("1", receipt)])
        let group = ServiceGroup(services: [worker], logger: worker.broker.logger)
        async let ended: Void = group.run()
        await began.wait()
        await group.triggerGracefulShutdown()
        try await ended
        guard case .released? = receipt.settlements.first, receipt.settlements.count == 1 else {
            Issue.record("\(receipt.settlements)")
            return
        }
    }

    @Test("a worker that is cancelled ends, and gives back what it was doing")
    func cancelled() async throws {
        let transport = RecordingTransport(journal)
        let worker = worker(transport) {
            try await untilCancelled()
            return 1
        }
        let receipt = RecordingReceipt()
        transport.channel.offer([try delivery("1", receipt)])
        let running = Task { try await worker.run() }
        await began.wait()
        running.cancel()
        _ = await running.result
        guard case .released? = receipt.settlements.first, receipt.settlements.count == 1 else {
            Issue.record("\(receipt.settlements)")
            return
        }
        #expect(journal.entries.suffix(2) == ["transport shutdown", "backend shutdown"])
    }

    @Test("a worker that is idle ends when cancelled")
    func idle() async {
        let worker = worker(RecordingTransport(journal)) { 1 }
        let running = Task { try await worker.run() }
        running.cancel()
        _ = await running.result
        #expect(journal.entries.last == "backend shutdown")
    }

    @Test("no more tasks run at a time than are allowed")
    func concurrency() async throws {
        let (transport, counter) = (RecordingTransport(journal), Counter())
        let worker = worker(transport, maxAsyncTasks: 3) {
            counter.enter()
            for _ in 0..<5 { await Task.yield() }
            counter.leave()
            return 1
        }
        let receipts = (0..<100).map { _ in RecordingReceipt() }
        transport.channel.offer(try receipts.enumerated().map { try delivery(TaskID(rawValue: "\($0)"), $1) })
        let group = ServiceGroup(services: [worker], logger: worker.broker.logger)
        async let ended: Void = group.run()
        while receipts.contains(where: { $0.settlements.isEmpty }) { await Task.yield() }
        await group.triggerGracefulShutdown()
        try await ended
        #expect(receipts.allSatisfy { $0.settlements.count == 1 })
        #expect((1...3).contains(counter.most))
    }

    @Test("a worker without a limit makes the runners that it needs", arguments: [250, Int.max])
    func unlimited(maxAsyncTasks: Int) async throws {
        let (transport, gate, counter) = (RecordingTransport(journal), Gate(), Counter())
        let worker = worker(transport, maxAsyncTasks: maxAsyncTasks) {
            counter.enter()
            // They all run at the same time, or none of them ends.
            if counter.most == 250 { gate.open() }
            await gate.wait()
            counter.leave()
            return 1
        }
        let receipts = (0..<250).map { _ in RecordingReceipt() }
        for (number, receipt) in receipts.enumerated() {
            transport.channel.offer([try delivery(TaskID(rawValue: "\(number)"), receipt)])
        }
        let running = Task { try await worker.run() }
        while receipts.contains(where: \.settlements.isEmpty) { await Task.yield() }
        // They are free again: no more are made for what comes now.
        let last = RecordingReceipt()
        transport.channel.offer([try delivery("last", last)])
        while last.settlements.isEmpty { await Task.yield() }
        #expect(transport.channel.runnerCount == 250)
        transport.channel.finish()
        try await running.value
        #expect(counter.most == 250)
    }

    @Test("no more run at a time than may", arguments: [99, 100, 101, 130])
    func limited(maxAsyncTasks: Int) async throws {
        let (transport, counter) = (RecordingTransport(journal), Counter())
        let worker = worker(transport, maxAsyncTasks: maxAsyncTasks) {
            counter.enter()
            for _ in 0..<100 { await Task.yield() }
            counter.leave()
            return 1
        }
        let receipts = (0..<1_000).map { _ in RecordingReceipt() }
        let deliveries = try receipts.enumerated().map { try delivery(TaskID(rawValue: "\($0.offset)"), $0.element) }
        transport.channel.offer(deliveries)
        let running = Task { try await worker.run() }
        while receipts.contains(where: \.settlements.isEmpty) { await Task.yield() }
        transport.channel.finish()
        try await running.value
        #expect(counter.most <= maxAsyncTasks)
        #expect(transport.channel.runnerCount <= maxAsyncTasks)
    }
}
