// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Logging
import Taskiq
import TaskiqApp

/// `results wait`: the result of a task, when it comes.
struct ResultsWaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Waits for the result of a task and prints it.",
        discussion: """
            Prints the return value as JSON. A task that nobody knows is waited for, too: it may be sent yet.

            Exit codes: 0 here it is, 1 the task failed, 5 no broker was reached, 6 there was no result in time.
            """
    )

    @Argument(help: ArgumentHelp("The task's id, as 'taskiq kiq' printed it.", valueName: "id"))
    var taskID: String

    @Option(name: .long, help: ArgumentHelp("How long to wait.", valueName: "duration"))
    var timeout = DurationOption(.seconds(30))

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        let address = try connection.address()
        logging.bootstrap(standard: .error)
        let broker = try StockTasks.makeBroker(
            address: address,
            sendTimeout: timeout.duration,
            logger: Logger(label: "taskiq")
        )
        try await broker.startup()
        do {
            let id = TaskID(rawValue: taskID)
            let began = ContinuousClock.now
            // That no hub is there is another answer than that no result came.
            _ = try await broker.resultBackend.progress(for: id)
            let left = max(.zero, timeout.duration - (ContinuousClock.now - began))
            try ResultPrinter.print(try await broker.handle(for: id).waitForResult(timeout: left))
        } catch {
            await broker.shutdown()
            throw error
        }
        await broker.shutdown()
    }
}
