// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqHubProtocol

/// `tasks cancel`: stops tasks, before they begin or while they run.
struct TasksCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancels tasks.",
        discussion: """
            A task that waits ends with an error result and never runs. The worker of one that runs is asked to cancel \
            it: the task ends when it looks (Task.isCancelled and most waits do), and is not tried again.

            Exit codes: 0 done, or the task had ended, 3 nothing is known of a task, 5 no broker was reached.
            """
    )

    @Argument(help: ArgumentHelp("The ids of the tasks.", valueName: "id"))
    var taskIDs: [String]

    @Option(name: .long, help: ArgumentHelp("Why; whoever waits for the result is told.", valueName: "text"))
    var reason: String?

    @Flag(name: .long, help: "Print JSON, an object for each task.")
    var json = false

    @OptionGroup var options: OperationOptions

    func run() async throws {
        try await options.withHub { session in
            try await OneByOne.run(taskIDs) { taskID in
                var parameters = OperationParameters()
                parameters.taskIDs = [taskID]
                parameters.reason = reason
                let answer = try await session.ask(.cancelTask, parameters)
                let outcome = try answer.decode(OperationOutcome.self)
                if json {
                    Output.line(
                        try JSONFragment(encoding: ["task_id": taskID, "outcome": outcome.outcome.rawValue]).text
                    )
                } else {
                    Output.line("\(taskID)  \(Self.words(outcome))")
                }
            }
        }
    }

    private static func words(_ outcome: OperationOutcome) -> String {
        switch outcome.outcome {
        case .cancelled: "cancelled before it ran"
        case .requested: "runs; \(outcome.workers?.first ?? "its worker") was asked to cancel it"
        case .ended: "had ended already"
        default: outcome.outcome.rawValue
        }
    }
}
