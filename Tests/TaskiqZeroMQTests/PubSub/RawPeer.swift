// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Synchronization
import Taskiq
import TaskiqZeroMQ

/// A socket of the other side, on a thread of its own: what comes in is a stream, what goes out a call.
final class RawPeer: Sendable {
    private enum Command: Sendable {
        case send([[UInt8]])
        case stop
    }

    /// Where it is bound, or connected.
    let endpoint: String
    /// All frames of each message that came in; to a publisher, subscriptions are messages.
    let messages: AsyncStream<[[UInt8]]>
    private let mailbox: Mailbox<Command>
    private let thread: SocketThread

    /// A client as Python's is, which also tells of subscriptions.
    static func publisher(at endpoint: String = "tcp://127.0.0.1:*") async throws -> RawPeer {
        try await RawPeer(.xpub, binds: endpoint)
    }

    /// A worker as Python's is; or one who listens to less.
    static func worker(of endpoint: String, prefix: [UInt8] = []) async throws -> RawPeer {
        try await RawPeer(.sub, connects: endpoint, prefix: prefix)
    }

    private convenience init(_ kind: SocketKind, binds endpoint: String) async throws {
        try await self.init(kind) { socket throws(ZeroMQError) in try socket.bind(endpoint) }
    }

    private convenience init(_ kind: SocketKind, connects endpoint: String, prefix: [UInt8]) async throws {
        try await self.init(kind) { socket throws(ZeroMQError) in
            try socket.subscribe(prefix)
            try socket.connect(endpoint)
        }
    }

    private init(
        _ kind: SocketKind,
        open: @escaping @Sendable (borrowing ZeroMQSocket) throws(ZeroMQError) -> Void
    ) async throws {
        let mailbox = Mailbox<Command>(wakeup: try Wakeup())
        let context = try ZeroMQContext()
        let (messages, received) = AsyncStream<[[UInt8]]>.makeStream()
        let (opened, opening) = AsyncThrowingStream<String, any Error>.makeStream()
        thread = try SocketThread(name: "raw-peer") {
            defer { received.finish() }
            do {
                var options = SocketOptions()
                // What it is sent is to be lost by nobody but the other side.
                options.receiveHighWaterMark = 0
                if kind == .xpub { options.linger = .seconds(5) }
                options.maximumFrameSize = nil
                let socket = try ZeroMQSocket(context: context, kind: kind, options: options)
                try open(socket)
                opening.yield(try socket.lastEndpoint())
                opening.finish()
                var poller = Poller(wakeup: mailbox.wakeup)
                _ = try poller.watch(socket)
                while true {
                    _ = try poller.wait()
                    while let message = try socket.receive(maxFrames: 1_000_000) {
                        if case .message(let frames) = message { received.yield(frames) }
                    }
                    for command in mailbox.drain() {
                        guard case .send(let frames) = command else { return }
                        _ = try socket.send(frames)
                    }
                }
            } catch {
                opening.finish(throwing: error)
            }
        }
        self.messages = messages
        self.mailbox = mailbox
        var endpoint = ""
        for try await text in opened { endpoint = text }
        self.endpoint = endpoint
    }

    func send(_ frames: [[UInt8]]) {
        mailbox.post(.send(frames))
    }

    /// Waits until a worker has subscribed to everything.
    func waitForSubscription() async throws {
        for await frames in messages where frames == [[1]] { return }
        throw NothingCame()
    }

    func next() async throws -> [[UInt8]] {
        for await frames in messages { return frames }
        throw NothingCame()
    }

    func stop() async {
        mailbox.post(.stop)
        await thread.join()
    }
}

extension PubSubTransport {
    /// A transport on a free port of this machine, or on one that is known.
    static func local(
        _ address: String = "zmq-pubsub+tcp://127.0.0.1:*",
        _ configuration: Configuration = .init(),
        logger: Logger = .silent
    ) throws -> PubSubTransport {
        PubSubTransport(address: try PubSubAddress(address), configuration: configuration, logger: logger)
    }

    /// The address as ZeroMQ writes it.
    var endpoint: String { "tcp://" + address.dropFirst(PubSubAddress.scheme.count) }

    func kick(bytes: [UInt8]) async throws {
        try await kick(BrokerMessage(taskID: "id", taskName: "task", message: bytes, labels: []))
    }
}

extension RawPeer {
    /// The address as taskiq writes it.
    var address: String { PubSubAddress.scheme + endpoint.dropFirst("tcp://".count) }
}

extension WorkerSubscription {
    static func test(concurrency: Int = 10) -> WorkerSubscription {
        WorkerSubscription(
            catalogue: Broker.inMemory().catalogue(application: "test"),
            queues: ["default"],
            concurrency: concurrency,
            prefetch: 0
        )
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// What was logged, as it comes.
struct LogStream: LogHandler {
    let lines: AsyncStream<(message: String, metadata: Logger.Metadata)>
    private let continuation: AsyncStream<(message: String, metadata: Logger.Metadata)>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init() {
        (lines, continuation) = AsyncStream.makeStream()
    }

    var logger: Logger { Logger(label: "test") { _ in self } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        continuation.yield((event.message.description, event.metadata ?? [:]))
    }

    /// The first line from here on that says something.
    func first(containing text: String) async throws -> (message: String, metadata: Logger.Metadata) {
        for await line in lines where line.message.contains(text) { return line }
        throw NothingCame()
    }
}
