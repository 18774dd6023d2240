// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Logging
public import Taskiq

extension Broker {
    /// Makes a broker that works with Python taskiq's `ZeroMQBroker`, as its client or as its worker.
    ///
    /// It is lossy, by the nature of publish and subscribe; see ``PubSubTransport`` for what that means. A client binds
    /// the address when it starts, and is the only one that can; each worker process connects to it and runs every
    /// task.
    ///
    /// - Parameters:
    ///   - address: where the one client listens, `zmq-pubsub+tcp://HOST:PORT`.
    ///   - configuration: how to publish, or to take messages.
    ///   - resultBackend: where results are kept; without one they are dropped, and waiting for one fails at once.
    ///   - middlewares: code around sending and executing, the first outermost.
    ///   - formatter: turns messages into bytes and back.
    ///   - makeTaskID: makes the ids of messages that are sent without one.
    ///   - logger: what everything logs to.
    /// - Returns: the broker, not started yet.
    /// - Throws: `TaskiqError` with code `configuration` for what is no address.
    public static func zeroMQPubSub(
        _ address: String,
        configuration: PubSubTransport.Configuration = .init(),
        resultBackend: (any ResultBackend)? = nil,
        middlewares: [any TaskiqMiddleware] = [],
        formatter: any TaskiqFormatter = JSONFormatter(),
        makeTaskID: @escaping @Sendable () -> TaskID = { .generate() },
        logger: Logger = Logger(label: "taskiq")
    ) throws -> Broker {
        let transport = PubSubTransport(
            address: try PubSubAddress(address),
            configuration: configuration,
            logger: logger
        )
        let broker = Broker(
            transport: transport,
            resultBackend: resultBackend,
            middlewares: middlewares,
            formatter: formatter,
            makeTaskID: makeTaskID,
            logger: logger
        )
        // A transport is not told on which side it starts, and a worker must not bind the address. At the first message
        // would be too late: it would reach the first worker that finds the publisher, and none that comes after.
        broker.on(.clientStartup) { _ in try await transport.bind() }
        // For a start that fails halfway, which does not get as far as the transport.
        broker.on(.clientShutdown) { _ in await transport.shutdown() }
        return broker
    }
}
