// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqHubProtocol

/// `tasks list`: the tasks that wait or run.
struct TasksListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the tasks that wait or run, the oldest first.",
        discussion: "A task that has ended is found with 'taskiq results', one that was given up with 'taskiq dead'."
    )

    @Option(
        name: .long,
        help: ArgumentHelp("Only those in a state: waiting, delayed, running or unacknowledged.", valueName: "state")
    )
    var state: String?

    @Option(name: .long, help: ArgumentHelp("Only those of a queue.", valueName: "name"))
    var queue: String?

    @Option(name: .long, help: ArgumentHelp("Only those of a task, by its name.", valueName: "name"))
    var task: String?

    @OptionGroup var list: ListOptions
    @OptionGroup var options: OperationOptions

    func run() async throws {
        var parameters = OperationParameters()
        parameters.state = state.map(TaskReport.State.init(rawValue:))
        parameters.queue = queue
        parameters.taskName = task
        try await options.withHub { session in
            try await list.print(
                session,
                .listTasks,
                parameters,
                of: TaskReport.self,
                table: Table("ID", "TASK", "STATE", "QUEUE", "AGE", "ATTEMPTS", "WORKER"),
                orElse: "no such task waits or runs"
            ) { task, table in
                table.add(
                    task.taskID,
                    task.taskName ?? "-",
                    Self.state(of: task),
                    task.queue ?? "-",
                    Wording.age(task.enqueuedAt),
                    "\(task.attempts ?? 0)",
                    task.worker ?? "-"
                )
            }
        }
    }

    /// The state, and what keeps a task there.
    static func state(of task: TaskReport) -> String {
        var text = task.state.rawValue
        if task.state == .delayed, let due = task.dueAt { text += " (\(Wording.age(due)))" }
        if task.cancelling != nil { text += ", being cancelled" }
        if task.isPaused == true, task.worker == nil { text += ", queue paused" }
        if task.isUnroutable == true { text += ", no worker knows it" }
        return text
    }
}
