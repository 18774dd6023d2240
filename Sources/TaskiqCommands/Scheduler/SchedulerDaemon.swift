// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import TaskiqApp
import TaskiqHub
import TaskiqScheduleFiles
import TaskiqScheduling

/// The daemon: a hub and a scheduler in one process, put together from their parts.
enum SchedulerDaemon {
    /// Runs until SIGTERM or SIGINT.
    static func run(_ options: SchedulerOptions, _ logging: LoggingOptions) async throws {
        // What was written wrongly is said before anything is logged.
        _ = (try options.hub.address(), try options.hub.dataDirectory(), try options.hub.hubKeys())
        logging.bootstrap()
        let logger = Logger(label: "taskiq.scheduler")
        let paths = options.schedulePaths
        let files = ScheduleFolderSource(paths: paths) { diagnostics in
            Output.error(DiagnosticRenderer().render(diagnostics))
        }
        do {
            try files.validatePaths()
        } catch {
            throw CommandExit(.notFound, "\(error)")
        }
        let printer = RunPrinter(isQuiet: options.quiet, showsResults: options.showsResults)
        let embedded = try await EmbeddedHub.open(options.hub, logger: logger, observe: printer.observe)
        let hub = embedded.service
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
            address: embedded.address,
            directory: embedded.directory,
            printer: printer
        )
        defer { printer.flush() }
        try await EmbeddedHub.serve([hub, scheduler, notice], memoryLimit: options.hub.memoryLimit, logger)
    }
}
