// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Taskiq
import TaskiqZeroMQ
import Testing

/// The client's side, against a worker's raw socket.
@Suite(.timeLimit(.minutes(5))) struct PubSubClientTests {
    @Test func `a worker gets the frames that Python would have sent`() async throws {
        let transport = try PubSubTransport.local()
        try await transport.startup()
        try await transport.bind()
        let worker = try await RawPeer.worker(of: transport.endpoint)
        for sample in try GoldenPubSub.read().frames {
            let frames = sample.frames.map(\.bytes)
            try await transport.kick(bytes: frames.flatMap { $0 })
            #expect(try await worker.next() == frames)
        }
        await transport.shutdown()
        await worker.stop()
    }

    @Test func `a message may be one frame`() async throws {
        let transport = try PubSubTransport.local(configuration: .init(frameSize: nil))
        try await transport.startup()
        try await transport.bind()
        let worker = try await RawPeer.worker(of: transport.endpoint)
        let payload = [UInt8](repeating: 7, count: 100_000)
        try await transport.kick(bytes: payload)
        #expect(try await worker.next() == [payload])
        await transport.shutdown()
        await worker.stop()
    }

    @Test func `the first message waits for the first worker`() async throws {
        let transport = try PubSubTransport.local(configuration: .init(subscriptionTimeout: patience))
        try await transport.startup()
        try await transport.bind()
        async let sending: Void = transport.kick(bytes: [1, 2, 3])
        // It takes a moment until this one is connected; nothing is sent before.
        let worker = try await RawPeer.worker(of: transport.endpoint)
        #expect(try await worker.next() == [[1, 2, 3]])
        try await sending
        await transport.shutdown()
        await worker.stop()
    }

    @Test func `a worker that was there before the client gets the first message`() async throws {
        let port = try await RawPeer.publisher()
        let endpoint = port.endpoint
        let worker = try await RawPeer.worker(of: endpoint)
        try await port.waitForSubscription()
        await port.stop()
        let transport = try PubSubTransport.local("zmq-pubsub+" + endpoint, .init(subscriptionTimeout: patience))
        try await transport.startup()
        try await transport.kick(bytes: [1])
        #expect(try await worker.next() == [[1]])
        await transport.shutdown()
        await worker.stop()
    }

    @Test func `without a worker the send fails, and says what to do`() async throws {
        let transport = try PubSubTransport.local(configuration: .init(subscriptionTimeout: .milliseconds(1)))
        try await transport.startup()
        let error = await #expect(throws: TaskiqError.self) { try await transport.kick(bytes: [1]) }
        #expect(error?.code == .sendTask)
        #expect(error?.message.contains("no worker is subscribed at zmq-pubsub+tcp://") == true)
        await transport.shutdown()
    }

    @Test func `who listens to a part of the messages is no worker`() async throws {
        let transport = try PubSubTransport.local(configuration: .init(subscriptionTimeout: .milliseconds(300)))
        try await transport.startup()
        try await transport.bind()
        let listener = try await RawPeer.worker(of: transport.endpoint, prefix: [1])
        await #expect(throws: TaskiqError.self) { try await transport.kick(bytes: [1]) }
        await transport.shutdown()
        await listener.stop()
    }

    @Test func `a client may be told to publish to nobody`() async throws {
        let transport = try PubSubTransport.local(
            configuration: .init(subscriptionTimeout: .zero, requiresSubscriber: false)
        )
        try await transport.startup()
        try await transport.kick(bytes: [1])
        let worker = try await RawPeer.worker(of: transport.endpoint)
        // It is published until the worker is there, and then reaches it.
        let publishing = Task { while !Task.isCancelled { try await transport.kick(bytes: [2]) } }
        #expect(try await worker.next() == [[2]])
        publishing.cancel()
        _ = await publishing.result
        await transport.shutdown()
        await worker.stop()
    }

    @Test func `when the last worker has gone, a send fails again`() async throws {
        let transport = try PubSubTransport.local(configuration: .init(subscriptionTimeout: .milliseconds(500)))
        try await transport.startup()
        try await transport.bind()
        let (first, second) = (
            try await RawPeer.worker(of: transport.endpoint), try await RawPeer.worker(of: transport.endpoint)
        )
        try await transport.kick(bytes: [1])
        await first.stop()
        await second.stop()
        // The end of a connection takes a moment to be seen.
        await #expect(throws: TaskiqError.self) {
            while true { try await transport.kick(bytes: [2]) }
        }
        await transport.shutdown()
    }

    @Test func `an empty message and one that is too large are refused`() async throws {
        let transport = try PubSubTransport.local(
            configuration: .init(requiresSubscriber: false, maximumMessageSize: 3)
        )
        try await transport.startup()
        for bytes in [[], [1, 2, 3, 4]] as [[UInt8]] {
            let error = await #expect(throws: TaskiqError.self) { try await transport.kick(bytes: bytes) }
            #expect(error?.code == .sendTask)
        }
        await transport.shutdown()
    }

    @Test func `only one client can publish at an address, and the next can when it has gone`() async throws {
        let first = try PubSubTransport.local()
        try await first.startup()
        try await first.bind()
        try await first.bind()
        let second = try PubSubTransport.local(first.address)
        try await second.startup()
        for _ in 0..<2 {
            let error = await #expect(throws: TaskiqError.self) { try await second.bind() }
            #expect(error?.code == .conflict)
            #expect(error?.message.contains("only one publisher") == true)
        }
        let error = await #expect(throws: TaskiqError.self) { try await second.kick(bytes: [1]) }
        #expect(error?.code == .conflict)
        await first.shutdown()
        try await second.bind()
        await second.shutdown()
    }

    @Test func `an address that this machine does not have is named`() async throws {
        let transport = try PubSubTransport.local("zmq-pubsub+tcp://192.0.2.1:5555")
        let error = await #expect(throws: TaskiqError.self) { try await transport.bind() }
        #expect(error?.code == .configuration)
        #expect(error?.description.contains("192.0.2.1") == true)
        await transport.shutdown()
    }

    @Test func `what was sent is handed out before a shutdown ends`() async throws {
        let transport = try PubSubTransport.local(configuration: .init(lingerTimeout: patience))
        try await transport.startup()
        try await transport.bind()
        let worker = try await RawPeer.worker(of: transport.endpoint)
        let count = 800
        for index in 0..<count {
            let number = UInt16(index)
            try await transport.kick(
                bytes: [UInt8(number >> 8), UInt8(number & 255)] + Array(repeating: 0, count: 20_000)
            )
        }
        await transport.shutdown()
        for index in 0..<count {
            let frame = try await worker.next()[0]
            #expect(Int(frame[0]) << 8 | Int(frame[1]) == index)
        }
        await worker.stop()
    }

    @Test func `a shutdown ends what waits for a worker, and a cancelled send waits no longer`() async throws {
        let transport = try PubSubTransport.local(configuration: .init(subscriptionTimeout: patience))
        try await transport.startup()
        try await transport.bind()
        let cancelled = Task { try await transport.kick(bytes: [1]) }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let waiting = Task { try await transport.kick(bytes: [2]) }
        await transport.shutdown()
        let error = await #expect(throws: TaskiqError.self) { try await waiting.value }
        #expect(error?.code == .shutdown)
        await #expect(throws: TaskiqError.self) { try await transport.kick(bytes: [3]) }
    }

    @Test func `a broker binds when it starts as a client, and can be started again`() async throws {
        let broker = try Broker.zeroMQPubSub("zmq-pubsub+tcp://127.0.0.1:*", logger: .silent)
        for _ in 0..<2 {
            try await broker.startup()
            let address = broker.transport.address
            #expect(!address.hasSuffix("*"))
            let second = try PubSubTransport.local(address)
            await #expect(throws: TaskiqError.self) { try await second.bind() }
            await broker.shutdown()
        }
    }

    @Test func `a start that fails lets go of the address`() async throws {
        struct Unlucky: Error {}
        let free = try PubSubTransport.local()
        try await free.bind()
        let address = free.address
        await free.shutdown()
        let broker = try Broker.zeroMQPubSub(address, logger: .silent)
        broker.on(.clientStartup) { _ in throw Unlucky() }
        await #expect(throws: Unlucky.self) { try await broker.startup() }
        let other = try PubSubTransport.local(address)
        try await other.bind()
        await other.shutdown()
    }

    @Test func `whoever waits for a result is told at once that none will come`() async throws {
        let broker = try Broker.zeroMQPubSub("zmq-pubsub+tcp://127.0.0.1:*", logger: .silent)
        let error = await #expect(throws: TaskiqError.self) {
            try await broker.handle(for: "id").waitForResult(timeout: nil)
        }
        #expect(error?.code == .resultGet)
    }
}

extension PubSubTransport {
    static func local(configuration: Configuration) throws -> PubSubTransport {
        try .local("zmq-pubsub+tcp://127.0.0.1:*", configuration)
    }
}
