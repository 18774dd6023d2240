// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Logging
import TaskiqApp

/// `worker-process`, hidden: one process of the stock worker.
struct StockWorkerProcessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker-process",
        abstract: "Runs the built-in tasks in this process; 'worker' starts it.",
        shouldDisplay: false
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: WorkerOptions
    @OptionGroup var commands: CommandOptions
    @OptionGroup var logging: LoggingOptions
    @OptionGroup var supervision: SupervisionOptions

    func run() async throws {
        logging.bootstrap()
        let reporter = WorkerReporting.start(StockTasks.metrics, supervision, logger: Logger(label: "taskiq"))
        let broker = try StockTasks.makeBroker(
            address: try connection.address(),
            sendTimeout: .seconds(30),
            logger: Logger(label: "taskiq")
        )
        BuiltInTasks.register(in: broker, commands: commands.policy)
        try await WorkerProcess.run(
            broker,
            configuration: options.configuration(application: StockTasks.applicationName),
            reporter: reporter,
            supervisor: supervision.supervisor
        )
    }
}
