// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Logging
import TaskiqApp

/// `hub`: the hub alone.
struct HubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "Runs the hub without a scheduler: keeps the queue, serves workers and clients.",
        discussion: """
            'taskiq-scheduler' has a hub in it, and needs no other. SIGTERM or Ctrl-C stops it; tasks that run go on, \
            and report when it is back.

            Exit codes: 0 stopped, 1 it could not go on, 2 usage, 4 another hub has the data directory or the address.
            """
    )

    @OptionGroup var options: HubOptions
    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        logging.bootstrap()
        let logger = Logger(label: "taskiq.hub")
        let printer = RunPrinter(isQuiet: false, showsResults: false)
        let hub = try await EmbeddedHub.open(options, logger: logger) { _ in }
        let notice = StartNotice(logger: logger, address: hub.address, directory: hub.directory, printer: printer)
        defer { printer.flush() }
        try await EmbeddedHub.serve([hub.service, notice], memoryLimit: options.memoryLimit, logger)
    }
}
