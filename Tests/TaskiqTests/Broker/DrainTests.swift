// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("A worker whose engine asks it to go", .timeLimit(.minutes(5)))
struct DrainTests {
    @Test("finishes what it runs, gives back what it holds ready, and ends")
    func drain() async throws {
        let transport = DrainingTransport()
        let broker = Broker(transport: transport, resultBackend: InMemoryResultBackend())
        let (began, gate) = (Gate(), Gate())
        let task = broker.task("t") { () -> Int in
            began.open()
            await gate.wait()
            return 1
        }
        let worker = Worker(broker: broker, configuration: .init(maxAsyncTasks: 1, maxPrefetch: 10))
        let running = Task { try await worker.run() }
        try await broker.startup()
        let handle = try await task.kiq()
        let waiting = try await task.kiq()
        await began.wait()
        transport.channel.drain()
        #expect(!worker.wasDrained)
        gate.open()
        try await running.value
        #expect(worker.wasDrained)
        #expect(try await handle.value() == 1)
        #expect(try await !waiting.isReady)
    }

    @Test("a worker that is stopped was not drained")
    func stopped() async throws {
        let transport = DrainingTransport()
        let worker = Worker(broker: Broker(transport: transport))
        let running = Task { try await worker.run() }
        transport.channel.finish()
        try await running.value
        #expect(!worker.wasDrained)
    }
}

/// A transport with one channel, which the test has in hand.
private struct DrainingTransport: BrokerTransport {
    let channel = DeliveryChannel()

    let address = "drain://"

    func startup() async throws {}
    func kick(_ message: BrokerMessage) async throws {
        channel.offer([AckableMessage(data: message.message, info: DeliveryInfo(), receipt: Ignored())])
    }
    func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel { channel }
    func stopListening() async {}
    func shutdown() async {}

    private struct Ignored: DeliveryReceipt {
        func started() {}
        func acknowledge() async throws {}
        func settle(_ settlement: Settlement) {}
    }
}
