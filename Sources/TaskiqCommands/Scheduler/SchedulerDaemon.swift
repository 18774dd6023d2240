// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import ServiceLifecycle
import Taskiq
import TaskiqApp
import TaskiqHub
import TaskiqSQLite
import TaskiqScheduleFiles
import TaskiqScheduling
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

/// The daemon: a hub and a scheduler in one process, put together from their parts.
enum SchedulerDaemon {
    /// Runs until SIGTERM or SIGINT.
    static func run(_ options: SchedulerOptions, _ logging: LoggingOptions) async throws {
        let address = try options.address()
        let keys = try options.hubKeys()
        let directory = try options.dataDirectory()
        logging.bootstrap()
        let logger = Logger(label: "taskiq.scheduler")
        if geteuid() == 0 {
            logger.warning("running as root; a user of its own is safer: see etc/systemd in the sources")
        }
        let paths = options.schedulePaths
        let files = ScheduleFolderSource(paths: paths) { diagnostics in
            Output.error(DiagnosticRenderer().render(diagnostics))
        }
        do {
            try files.validatePaths()
        } catch {
            throw CommandExit(.notFound, "\(error)")
        }
        // The data directory is locked before anything is bound, so that two hubs never share either.
        let store = try openStore(in: directory)
        let hub: HubService
        let network: ZeroMQHubNetwork
        let printer = RunPrinter(isQuiet: options.quiet, showsResults: options.showsResults)
        do {
            var configuration = HubConfiguration()
            network = try await ZeroMQHubNetwork.bind(
                address,
                maximumBody: configuration.maximumBody,
                keys: keys,
                logger: Logger(label: "taskiq.hub")
            )
            configuration.workersEndpoint = network.workersEndpoint
            hub = try HubService(
                store: store,
                network: network,
                configuration: configuration,
                logger: Logger(label: "taskiq.hub"),
                observe: printer.observe
            )
        } catch let error as HubStoreError {
            store.close()
            throw CommandExit(.problem, error.description)
        } catch {
            store.close()
            throw error
        }
        let labels = LabelScheduleSource(
            catalogues: { hub.catalogues().now },
            changes: { hub.catalogueChanges() }
        )
        let scheduler = TaskiqScheduler(
            sources: paths.isEmpty ? [labels] : [files, labels],
            ledger: hub,
            clock: try SystemSchedulerClock(),
            observer: DaemonObserver(printer: printer),
            logger: logger
        )
        let notice = StartNotice(
            logger: logger,
            address: network.address,
            directory: directory,
            printer: printer
        )
        defer { printer.flush() }
        try await serve([hub, scheduler, notice], options.memoryLimit, logger)
    }

    private static func openStore(in directory: String) throws -> SQLiteHubStore {
        do {
            return try SQLiteHubStore(directory: directory, logger: Logger(label: "taskiq.store"))
        } catch {
            throw CommandExit(error.code == .inUse ? .conflict : .problem, error.description)
        }
    }

    /// They stop in reverse order: the scheduler, then the hub, which stores what is on its way.
    private static func serve(_ services: [any Service], _ limit: ByteSize?, _ logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            cancellationSignals: [.sigquit],
            logger: logger
        )
        if let limit {
            let watch = try MemoryWatch(limit: limit)
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
