// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser

/// `tasks`: those that wait or run.
struct TasksOperationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks",
        abstract: "Lists, shows, cancels and retries tasks.",
        subcommands: [
            TasksListCommand.self, TasksShowCommand.self, TasksCancelCommand.self, TasksRetryCommand.self,
        ]
    )
}
