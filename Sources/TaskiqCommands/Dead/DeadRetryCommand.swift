// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqHubProtocol

/// `dead retry`: puts dead letters back to their queues.
struct DeadRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Puts dead letters back to their queues.",
        discussion: """
            Each becomes a new message of the same task id, whose attempts begin anew. Whoever asks for its result \
            waits for that of the new run.

            Exit codes: 0 done, 3 there is no such dead letter, 5 no broker was reached.
            """
    )

    @OptionGroup var selection: DeadSelection
    @OptionGroup var options: OperationOptions

    func run() async throws {
        try await options.withHub { session in
            guard let filter = selection.filter else {
                return try await OneByOne.run(selection.taskIDs) { taskID in
                    try await TasksRetryCommand.retry(taskID, session, .retryDeadLetters)
                }
            }
            let count = try await session.repeatUntilDone(.retryDeadLetters, filter, from: \.after)
            Output.line("\(Wording.count(count, "task is", "tasks are")) back in the queue")
        }
    }
}
