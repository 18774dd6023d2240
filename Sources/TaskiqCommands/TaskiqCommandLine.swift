// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import ArgumentParser
import Taskiq
import TaskiqApp

/// `taskiq`: all the stock commands.
public struct TaskiqCommandLine: AsyncParsableCommand {
    /// The commands.
    public static let configuration = CommandConfiguration(
        commandName: "taskiq",
        abstract: "A distributed task queue and cron scheduler.",
        discussion: """
            Start 'taskiq-scheduler' and 'taskiq worker', put schedules into ./schedules, send tasks with 'taskiq kiq'.

            Exit codes: 0 fine, 1 found problems or the task failed, 2 usage, 3 not found, 4 conflict, \
            5 never reached the broker, 6 timed out waiting.
            """,
        version: TaskiqVersion.text,
        subcommands: [
            SchedulerCommand.self, HubCommand.self, WorkerCommand.self, StockWorkerProcessCommand.self,
            KiqCommand<StockTasks>.self,
            TasksOperationsCommand.self, ResultsCommand.self, QueuesCommand.self, DeadCommand.self, WorkersCommand.self,
            EventsCommand.self, DoctorCommand.self, StoreCommand.self, KeysCommand.self, CronCommand.self,
        ]
    )

    /// Makes the command without arguments.
    public init() {}

    /// Runs the command that the process's arguments name, and ends the process with one of taskiq's exit codes.
    public static func main() async {
        await CommandRunner.run(Self.self)
    }
}
