// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Synchronization
import Taskiq
import TaskiqHub
import TaskiqSQLite
import TaskiqTestKit
import TaskiqZeroMQ
import TaskiqZeroMQHub

/// A hub behind real sockets in a folder of its own, with a store in memory or on disk.
final class HubUnderTest: Sendable {
    /// Where a hub keeps its messages.
    enum Store: Sendable, CaseIterable {
        case memory, sqlite
    }

    /// What a hub promises with each of its stores.
    static let capabilities: TransportCapabilities = [
        .keepsMessages, .distributes, .acknowledges, .releases, .requeues, .rejects, .redelivers, .delays, .ordered,
        .priorities, .limitsDeliveries, .routesByQueue, .routesByTask, .validatesNames, .survivesRestart,
        .tellsEnqueueTime, .holds, .announces, .restartable,
    ]

    private let folder: URL
    private let kind: Store
    private let memory = MemoryHubStore()
    private let running = Mutex<Task<Void, any Error>?>(nil)
    private let logger: Logger

    static func start(_ kind: Store) async throws -> HubUnderTest {
        let hub = try HubUnderTest(kind)
        try await hub.start()
        return hub
    }

    /// A fresh hub, as a transport's checks want it.
    static func transport(_ kind: Store) async throws -> TransportUnderTest {
        let hub = try await start(kind)
        return TransportUnderTest(
            capabilities: capabilities,
            restart: {
                try await hub.end()
                try await hub.start()
            },
            stop: { try? await hub.stop() },
            connect: { try hub.connect() }
        )
    }

    private init(_ kind: Store) throws {
        self.kind = kind
        var logger = Logger(label: "taskiq.hub.conformance")
        logger.logLevel = .critical
        self.logger = logger
        // Short: the path of a socket file may have a hundred bytes.
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tq-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    private var address: String { "ipc://\(folder.path)/hub.sock" }

    func connect() throws -> ZeroMQTransport {
        try ZeroMQTransport(address: try HubAddress(address), logger: logger)
    }

    private func start() async throws {
        var configuration = HubConfiguration()
        configuration.goneGrace = .milliseconds(100)
        let network = try await bind(maximumBody: configuration.maximumBody)
        configuration.workersEndpoint = network.workersEndpoint
        let store: any HubStore =
            switch kind {
            case .memory: memory
            case .sqlite: try SQLiteHubStore(directory: folder.path, logger: logger)
            }
        let service = try HubService(store: store, network: network, configuration: configuration, logger: logger)
        // Unstructured: it lives until `end`, which waits for it.
        running.withLock { $0 = Task { try await service.run() } }
    }

    /// The last hub gives its socket back when it is freed, which may be a moment after it has ended.
    private func bind(maximumBody: Int) async throws -> ZeroMQHubNetwork {
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            do {
                return try await ZeroMQHubNetwork.bind(
                    try HubAddress(address),
                    maximumBody: maximumBody,
                    logger: logger
                )
            } catch let error as TaskiqError where error.code == .conflict && ContinuousClock.now < deadline {
                await Task.yield()
            }
        }
    }

    private func end() async throws {
        let task = running.withLock { $0.take() }
        task?.cancel()
        try await task?.value
    }

    func stop() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await end()
    }
}
