// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import ServiceLifecycle
import Synchronization
import Taskiq
import TaskiqZeroMQ
import Testing

/// The worker's side, against a client's raw socket.
@Suite(.timeLimit(.minutes(5))) struct PubSubWorkerTests {
    @Test func `every framing that Python accepts is accepted`() async throws {
        let client = try await RawPeer.publisher()
        let transport = try PubSubTransport.local(client.address)
        let channel = try await transport.listen(.test(concurrency: 100))
        try await client.waitForSubscription()

        let golden = try GoldenPubSub.read()
        for sample in golden.frames {
            let frames = sample.frames.map(\.bytes)
            client.send(frames)
            #expect(await channel.next()?.data == frames.flatMap { $0 })
        }
        for sample in golden.listen_accepts {
            let whole = sample.yielded.bytes
            let frames: [[UInt8]] = sample.sent_frames.hasPrefix("one") ? [whole] : [[whole[0]], [], [whole[1]]]
            client.send(frames)
            #expect(await channel.next()?.data == whole, "\(sample.sent_frames)")
        }
        await transport.stopListening()
        await transport.shutdown()
        await client.stop()
    }

    @Test func `what is too large is dropped and told, and what follows is taken`() async throws {
        let client = try await RawPeer.publisher()
        let log = LogStream()
        let transport = try PubSubTransport.local(client.address, .init(maximumMessageSize: 1000), logger: log.logger)
        let channel = try await transport.listen(.test())
        try await client.waitForSubscription()
        client.send(Array(repeating: Array(repeating: 1, count: 100), count: 11))
        client.send(Array(repeating: [], count: 1025))
        client.send([[7]])
        client.send(Array(repeating: Array(repeating: 1, count: 100), count: 10))
        #expect(await channel.next()?.data == [7])
        #expect(await channel.next()?.data.count == 1000)
        let warning = try await log.first(containing: "too large")
        #expect(warning.metadata["largest.bytes"] == "1100")
        await transport.shutdown()
        #expect(await channel.next() == nil)
        await client.stop()
    }

    @Test func `a worker that is busy stops reading, says so, and loses nothing that ZeroMQ holds`() async throws {
        let client = try await RawPeer.publisher()
        let log = LogStream()
        let transport = try PubSubTransport.local(client.address, .init(queueCapacity: 2), logger: log.logger)
        let channel = try await transport.listen(.test(concurrency: 1))
        try await client.waitForSubscription()
        for number in 0..<50 { client.send([[UInt8(number)]]) }
        let warning = try await log.first(containing: "faster than tasks end")
        #expect(warning.metadata["waiting"] == "2" || warning.metadata["waiting"] == "3")
        for number in 0..<50 {
            let delivery = try #require(await channel.next())
            #expect(delivery.data == [UInt8(number)])
            delivery.receipt.settle(.completed(nil))
        }
        await transport.shutdown()
        await client.stop()
    }

    @Test func `a queue is full by its bytes too`() async throws {
        let client = try await RawPeer.publisher()
        let log = LogStream()
        let transport = try PubSubTransport.local(client.address, .init(queueBytes: 1000), logger: log.logger)
        let channel = try await transport.listen(.test(concurrency: 1))
        try await client.waitForSubscription()
        for number in 0..<10 { client.send([Array(repeating: UInt8(number), count: 600)]) }
        _ = try await log.first(containing: "faster than tasks end")
        for number in 0..<10 {
            let delivery = try #require(await channel.next())
            #expect(delivery.data.first == UInt8(number))
            delivery.receipt.settle(.completed(nil))
        }
        await transport.shutdown()
        await client.stop()
    }

    @Test func `a worker finds its publisher again after a restart`() async throws {
        let first = try await RawPeer.publisher()
        let transport = try PubSubTransport.local(first.address)
        let channel = try await transport.listen(.test())
        try await first.waitForSubscription()
        first.send([[1]])
        #expect(await channel.next()?.data == [1])
        await first.stop()

        let second = try await RawPeer.publisher(at: first.endpoint)
        try await second.waitForSubscription()
        second.send([[2]])
        #expect(await channel.next()?.data == [2])
        await transport.shutdown()
        await second.stop()
    }

    @Test func `a worker that stops leaves at once, and counts what it loses`() async throws {
        let client = try await RawPeer.publisher()
        let log = LogStream()
        let transport = try PubSubTransport.local(client.address, logger: log.logger)
        let channel = try await transport.listen(.test(concurrency: 1))
        try await client.waitForSubscription()
        for number in 0..<3 { client.send([[UInt8(number)]]) }
        let delivery = try #require(await channel.next())
        delivery.receipt.settle(.completed(nil))
        _ = try #require(await channel.next())
        await transport.stopListening()
        for await frames in client.messages where frames == [[0]] { break }
        channel.finish()
        await transport.shutdown()
        let warning = try await log.first(containing: "are lost")
        #expect(warning.metadata["count"] == "1")
        await client.stop()
    }

    @Test func `a task that asks for it runs again in the same worker`() async throws {
        let client = try await RawPeer.publisher()
        let transport = try PubSubTransport.local(client.address)
        let channel = try await transport.listen(.test())
        try await client.waitForSubscription()
        client.send([[1]])
        for delay in [Duration.zero, .milliseconds(1)] {
            let delivery = try #require(await channel.next())
            #expect(delivery.data == [1])
            let message = BrokerMessage(taskID: "id", taskName: "task", message: delivery.data, labels: [])
            delivery.receipt.settle(.requeued(message, after: delay))
        }
        #expect(await channel.next()?.data == [1])
        await transport.shutdown()
        await client.stop()
    }

    @Test func `a worker cannot send, a client cannot listen, and a port must be known`() async throws {
        let client = try await RawPeer.publisher()
        let worker = try PubSubTransport.local(client.address)
        _ = try await worker.listen(.test())
        let sending = await #expect(throws: TaskiqError.self) { try await worker.kick(bytes: [1]) }
        #expect(sending?.code == .sendTask)
        await #expect(throws: TaskiqError.self) { try await worker.listen(.test()) }
        await worker.shutdown()

        let publisher = try PubSubTransport.local()
        await #expect(throws: TaskiqError.self) { try await publisher.listen(.test()) }
        try await publisher.bind()
        await #expect(throws: TaskiqError.self) { try await publisher.listen(.test()) }
        await publisher.shutdown()
        await client.stop()
    }

    @Test func `an address that cannot be is told to the worker that starts`() async throws {
        let transport = try PubSubTransport.local("zmq-pubsub+tcp://no host:5555")
        let error = await #expect(throws: TaskiqError.self) { try await transport.listen(.test()) }
        #expect(error?.code == .listen)
        #expect(error?.message.contains("no host") == true)
        await transport.shutdown()
    }

    @Test func `two brokers, one of them a worker, run tasks`() async throws {
        let client = try Broker.zeroMQPubSub(
            "zmq-pubsub+tcp://127.0.0.1:*",
            configuration: .init(subscriptionTimeout: patience),
            logger: .silent
        )
        try await client.startup()
        let results = InMemoryResultBackend()
        let serving = try Broker.zeroMQPubSub(client.transport.address, resultBackend: results, logger: .silent)
        serving.task("add") { (a: Int, b: Int) in a + b }
        let running = Task { try await Worker(broker: serving).run() }
        let handle = try await client.kiq(named: "add", args: [.int(2), .int(3)], labels: [])
        let result = try await results.waitForResult(for: handle.taskID, timeout: patience, checkInterval: .seconds(1))
        #expect(result.returnValue.text == "5")
        running.cancel()
        _ = await running.result
        await client.shutdown()
    }
}
