// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Logging
import Taskiq
import TaskiqApp

/// `results get`: the result of a task, if it is there.
struct ResultsGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Prints the result of a task.",
        discussion: """
            Prints the return value as JSON.

            Exit codes: 0 here it is, 1 the task failed, 3 nothing is known of it, 5 no broker was reached, \
            6 the task waits or runs.
            """
    )

    @Argument(help: ArgumentHelp("The task's id, as 'taskiq kiq' printed it.", valueName: "id"))
    var taskID: String

    @Option(name: .long, help: ArgumentHelp("How long to wait for the broker's answer.", valueName: "duration"))
    var timeout = DurationOption(.seconds(10))

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
            try await printResult(broker)
        } catch {
            await broker.shutdown()
            throw error
        }
        await broker.shutdown()
    }

    private func printResult(_ broker: Broker) async throws {
        let id = TaskID(rawValue: taskID)
        do {
            guard try await broker.resultBackend.result(for: id) != nil else {
                throw CommandExit(.timedOut, "task \(taskID) has no result yet: it waits or runs")
            }
        } catch let error as TaskiqError where error.code == .unknownTaskID || error.code == .resultGet {
            throw CommandExit(.notFound, error.message)
        }
        try ResultPrinter.print(try await broker.handle(for: id).waitForResult(timeout: timeout.duration))
    }
}
