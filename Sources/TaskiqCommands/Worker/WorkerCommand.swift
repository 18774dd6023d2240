// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp

/// `worker`: supervises worker processes of a program, or of this one for the built-in tasks.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Runs tasks in worker processes.",
        discussion: """
            APP is a program that conforms to TaskiqApplication: a path, or the name of a product of the Swift package \
            in this directory, which is built first. Without it the built-in tasks are run: taskiq.echo, taskiq.noop \
            and, with --allow-commands or --allow-command, taskiq.command.

            SIGTERM or Ctrl-C stops it: running tasks may end, then the processes do.
            """
    )

    @Argument(help: ArgumentHelp("The program whose tasks to run.", valueName: "app"))
    var application: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: WorkerOptions
    @OptionGroup var metrics: MetricsOptions
    @OptionGroup var commands: CommandOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        if application != nil, commands.policy.allowsAny {
            throw ValidationError("--allow-commands and --allow-command are for the built-in tasks, without APP.")
        }
    }

    func run() async throws {
        let address = try connection.address()
        logging.bootstrap()
        let executable: String
        if let application {
            executable = try await ApplicationProduct.locate(application)
        } else {
            executable = try Executables.current()
        }
        try await WorkerSupervision.run(
            executable: executable,
            address: address,
            options: options,
            logging: logging,
            extraArguments: commands.arguments,
            metrics: StockTasks.metrics,
            metricsOptions: metrics
        )
    }
}
