// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqHubProtocol

/// `queues pause`: nothing of a queue is delivered until it is resumed.
struct QueuesPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Delivers nothing of a queue until it is resumed.",
        discussion: "Tasks are still taken, and those that run go on. It stays paused over restarts of the hub."
    )

    @Argument(help: ArgumentHelp("The queues.", valueName: "queue"))
    var queues: [String]

    @OptionGroup var options: OperationOptions

    func run() async throws {
        try await options.withHub { session in
            try await OneByOne.run(queues) { queue in
                var parameters = OperationParameters()
                parameters.queue = queue
                let outcome = try await session.call(.pauseQueue, parameters, as: OperationOutcome.self)
                Output.line("\(queue)  \(outcome.outcome == .unchanged ? "was paused already" : "paused")")
            }
        }
    }
}
