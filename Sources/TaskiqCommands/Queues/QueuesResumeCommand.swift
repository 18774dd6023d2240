// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqHubProtocol

/// `queues resume`: delivers from a queue again.
struct QueuesResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Delivers from a queue again that was paused."
    )

    @Argument(help: ArgumentHelp("The queues.", valueName: "queue"))
    var queues: [String]

    @OptionGroup var options: OperationOptions

    func run() async throws {
        try await options.withHub { session in
            try await OneByOne.run(queues) { queue in
                var parameters = OperationParameters()
                parameters.queue = queue
                let outcome = try await session.call(.resumeQueue, parameters, as: OperationOutcome.self)
                Output.line("\(queue)  \(outcome.outcome == .unchanged ? "was not paused" : "resumed")")
            }
        }
    }
}
