// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqHubProtocol

/// `tasks show`: everything that is known of a task.
struct TasksShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows all that is known of a task.",
        discussion: "Exit codes: 0 here it is, 3 nothing is known of it, 5 no broker was reached."
    )

    @Argument(help: ArgumentHelp("The task's id.", valueName: "id"))
    var taskID: String

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @OptionGroup var options: OperationOptions

    func run() async throws {
        var parameters = OperationParameters()
        parameters.taskIDs = [taskID]
        let asked = parameters
        try await options.withHub { session in
            let answer = try await session.ask(.showTask, asked)
            if json {
                Output.line(answer.text)
            } else {
                for line in Self.lines(try answer.decode(TaskReport.self)) { Output.line(line) }
            }
        }
    }

    private static func lines(_ task: TaskReport) -> [String] {
        var pairs: [(String, String?)] = [
            ("id", task.taskID), ("task", task.taskName), ("state", TasksListCommand.state(of: task)),
            ("queue", task.queue), ("priority", task.priority.map { "\($0)" }),
            ("attempts", task.attempts.map { "\($0)" }),
            ("crashes", task.crashes.flatMap { $0 > 0 ? "\($0)" : nil }),
            ("accepted", task.enqueuedAt.map { "\($0), \(Wording.age($0)) ago" }),
            ("due", task.dueAt.map { "\($0)" }), ("worker", task.worker),
            ("started", task.startedAt.map { "\($0), \(Wording.age($0)) ago" }),
            ("ended", task.endedAt.map { "\($0), \(Wording.age($0)) ago" }),
            ("schedule", task.scheduleID), ("slot", task.scheduledAt.map { "\($0)" }),
            ("reason", task.reason ?? task.cancelling),
        ]
        if let progress = task.progress {
            pairs.append(("progress", progress.state + (progress.meta.map { " \($0.text)" } ?? "")))
        }
        return pairs.compactMap { name, value in
            value.map { "\(name)\(String(repeating: " ", count: 10 - name.count))\($0)" }
        }
    }
}
