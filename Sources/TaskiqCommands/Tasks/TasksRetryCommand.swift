// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqHubProtocol

/// `tasks retry`: puts tasks that were given up back to their queues.
struct TasksRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Runs tasks again that were given up.",
        discussion: """
            Only dead letters can be run again: of a task that has ended with a result, the message is no longer kept. \
            The same as 'taskiq dead retry'.

            Exit codes: 0 done, 3 there is no such dead letter, 5 no broker was reached.
            """
    )

    @Argument(help: ArgumentHelp("The ids of the tasks.", valueName: "id"))
    var taskIDs: [String]

    @OptionGroup var options: OperationOptions

    func run() async throws {
        try await options.withHub { session in
            try await OneByOne.run(taskIDs) { try await Self.retry($0, session, .retryTask) }
        }
    }

    /// Puts one back and says so.
    static func retry(_ taskID: String, _ session: HubSession, _ operation: HubOperation) async throws {
        var parameters = OperationParameters()
        parameters.taskIDs = [taskID]
        let outcome = try await session.call(operation, parameters, as: OperationOutcome.self)
        Output.line("\(taskID)  \(outcome.outcome == .unchanged ? "waits or runs already" : "is back in its queue")")
    }
}
