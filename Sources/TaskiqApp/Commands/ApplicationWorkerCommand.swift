// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser

/// `worker` of a user's program: supervises worker processes of that program.
struct ApplicationWorkerCommand<Application: TaskiqApplication>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "worker",
            abstract: "Runs this program's tasks in worker processes.",
            discussion: "SIGTERM or Ctrl-C stops it: running tasks may end, then the processes do."
        )
    }

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: WorkerOptions
    @OptionGroup var metrics: MetricsOptions
    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        logging.bootstrap()
        try await WorkerSupervision.run(
            executable: try Executables.current(),
            address: try connection.address(),
            options: options,
            logging: logging,
            extraArguments: [],
            metrics: Application.metrics,
            metricsOptions: metrics
        )
    }
}
