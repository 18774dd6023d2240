// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import ArgumentParser
import Logging
import Taskiq

/// `worker-process`, hidden: one process of a `worker`.
package struct WorkerProcessCommand<Application: TaskiqApplication>: AsyncParsableCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "worker-process",
            abstract: "Runs tasks in this process; 'worker' starts it.",
            shouldDisplay: false
        )
    }

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: WorkerOptions
    @OptionGroup var logging: LoggingOptions
    @OptionGroup var supervision: SupervisionOptions

    package init() {}

    package func run() async throws {
        logging.bootstrap()
        let reporter = WorkerReporting.start(Application.metrics, supervision, logger: Logger(label: "taskiq"))
        let broker = try Application.makeRegisteredBroker(connection, sendTimeout: .seconds(30))
        try await WorkerProcess.run(
            broker,
            configuration: options.configuration(application: Application.applicationName),
            reporter: reporter,
            supervisor: supervision.supervisor
        )
    }
}
