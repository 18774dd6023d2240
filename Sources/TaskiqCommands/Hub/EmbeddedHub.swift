// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import ServiceLifecycle
import Taskiq
import TaskiqApp
import TaskiqHub
import TaskiqSQLite
import TaskiqZeroMQ
import TaskiqZeroMQHub
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A hub in this process, put together from its parts: its store is open, its sockets are bound, and it does not run yet.
struct EmbeddedHub {
    let service: HubService
    /// Where it listens.
    let address: String
    /// Its data directory.
    let directory: String

    /// Opens a hub.
    ///
    /// - Parameters:
    ///   - options: what it is told.
    ///   - logger: what it warns by.
    ///   - observe: is told what happens, on the hub's thread.
    /// - Returns: the hub.
    /// - Throws: `CommandExit`: with code 4 when another hub has the data directory or the address.
    static func open(
        _ options: HubOptions,
        logger: Logger,
        observe: @escaping @Sendable (HubNotice) -> Void
    ) async throws -> EmbeddedHub {
        let address = try options.address()
        let directory = try options.dataDirectory()
        let keys = try options.hubKeys()
        if geteuid() == 0 {
            logger.warning("running as root; a user of its own is safer: see etc/systemd in the sources")
        }
        // The data directory is locked before anything is bound, so that two hubs never share either.
        let store = try openStore(in: directory, options)
        do {
            var configuration = HubConfiguration()
            // Only runs of schedules are printed; the others are a line of the log at most.
            configuration.reportsEveryRun = logger.logLevel <= .debug
            configuration.dataDirectory = absolute(directory)
            configuration.durability = options.durability.rawValue
            let network = try await ZeroMQHubNetwork.bind(
                address,
                maximumBody: configuration.maximumBody,
                keys: keys,
                logger: Logger(label: "taskiq.hub")
            )
            configuration.workersEndpoint = network.workersEndpoint
            let service = try HubService(
                store: store,
                network: network,
                configuration: configuration,
                logger: Logger(label: "taskiq.hub"),
                observe: observe
            )
            return EmbeddedHub(service: service, address: network.address, directory: directory)
        } catch let error as HubStoreError {
            store.close()
            throw CommandExit(.problem, error.description)
        } catch {
            store.close()
            throw error
        }
    }

    private static func openStore(in directory: String, _ options: HubOptions) throws -> any HubStore {
        do {
            guard let stored = options.storeOptions else { return MemoryHubStore(outlivesHub: false) }
            return try SQLiteHubStore(directory: directory, options: stored, logger: Logger(label: "taskiq.store"))
        } catch {
            throw CommandExit(error.code == .inUse ? .conflict : .problem, error.description)
        }
    }

    /// The path as whoever asks from elsewhere can use it.
    private static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Runs services until SIGTERM or SIGINT; they stop in reverse order, so that the hub, which stores what is on its
    /// way, comes first.
    static func serve(_ services: [any Service], memoryLimit: ByteSize?, _ logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            cancellationSignals: [.sigquit],
            logger: logger
        )
        if let memoryLimit {
            let watch = try MemoryWatch(limit: memoryLimit)
            configuration.services.append(
                .init(service: watch, failureTerminationBehavior: .gracefullyShutdownGroup)
            )
        }
        let group = ServiceGroup(configuration: configuration)
        do {
            try await group.run()
        } catch let error as HubStoreError {
            throw CommandExit(.problem, error.description)
        }
        logger.info("stopped")
    }
}
