// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Taskiq
import TaskiqHub
import TaskiqHubProtocol
import TaskiqZeroMQ
import TaskiqZeroMQHub

/// A hub in this process, behind real sockets.
struct RunningHub {
    let address: String
    let store: MemoryHubStore
    let logger: Logger

    /// An address where no hub is.
    static func freeAddress() -> String {
        let name = "tq-\(UUID().uuidString.prefix(13)).sock"
        return "ipc://\(FileManager.default.temporaryDirectory.appendingPathComponent(name).path)"
    }

    static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    /// Runs a hub as long as a test needs it.
    static func with<Value: Sendable>(
        _ configuration: HubConfiguration = HubConfiguration(),
        at address: String = freeAddress(),
        keys: HubKeys? = nil,
        logger: Logger = logger,
        _ body: (RunningHub) async throws -> Value
    ) async throws -> Value {
        let network = try await ZeroMQHubNetwork.bind(
            try HubAddress(address),
            maximumBody: configuration.maximumBody,
            keys: keys,
            logger: logger
        )
        var configuration = configuration
        configuration.workersEndpoint = network.workersEndpoint
        let store = MemoryHubStore()
        let service = try HubService(store: store, network: network, configuration: configuration, logger: logger)
        let running = Task { try await service.run() }
        let value: Value
        do {
            // Where a free port was asked for, the one that it became.
            let bound = address.hasPrefix("tcp://") ? network.address : address
            value = try await body(RunningHub(address: bound, store: store, logger: Self.logger))
        } catch {
            running.cancel()
            try? await running.value
            throw error
        }
        running.cancel()
        try await running.value
        return value
    }

    func broker(_ configuration: ZeroMQTransport.Configuration = .init()) throws -> Broker {
        try Broker.zeroMQ(address, configuration: configuration, logger: logger)
    }

    /// Runs a worker beside the body, and a client for it.
    func withWorker<Value: Sendable>(
        _ broker: Broker,
        configuration: Worker.Configuration = Worker.Configuration(),
        client: ZeroMQTransport.Configuration = .init(),
        _ body: (Broker) async throws -> Value
    ) async throws -> Value {
        let worker = Worker(broker: broker, configuration: configuration)
        let running = Task { try await worker.run() }
        let client = try self.broker(client)
        let value: Value
        do {
            try await client.startup()
            value = try await body(client)
        } catch {
            running.cancel()
            try? await running.value
            await client.shutdown()
            throw error
        }
        running.cancel()
        try await running.value
        await client.shutdown()
        return value
    }
}
