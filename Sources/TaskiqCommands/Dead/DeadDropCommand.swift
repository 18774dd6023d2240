// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqHubProtocol

/// `dead drop`: forgets dead letters.
struct DeadDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Forgets dead letters.",
        discussion: """
            It cannot be undone; --all, --task and --queue need --yes.

            Exit codes: 0 done, 2 without --yes, 3 there is no such dead letter, 5 no broker was reached.
            """
    )

    @OptionGroup var selection: DeadSelection

    @Flag(name: .long, help: "Do it.")
    var yes = false

    @OptionGroup var options: OperationOptions

    func run() async throws {
        try await options.withHub { session in
            guard let filter = selection.filter else {
                return try await OneByOne.run(selection.taskIDs) { taskID in
                    var parameters = OperationParameters()
                    parameters.taskIDs = [taskID]
                    _ = try await session.call(.dropDeadLetters, parameters, as: OperationOutcome.self)
                    Output.line("\(taskID)  dropped")
                }
            }
            guard yes else { throw CommandExit(.usage, "dead letters that are dropped are gone: say --yes to do it") }
            let count = try await session.repeatUntilDone(.dropDeadLetters, filter, from: \.after)
            Output.line("\(Wording.count(count, "dead letter")) dropped")
        }
    }
}
