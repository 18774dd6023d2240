// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqHubProtocol

/// `queues purge`: ends what waits in a queue.
struct QueuesPurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Ends the tasks that wait in a queue.",
        discussion: """
            Those that wait, for a worker or for their time, end with an error result and never run; those that run go \
            on. It cannot be undone.

            Exit codes: 0 done, 2 without --yes, 5 no broker was reached.
            """
    )

    @Argument(help: ArgumentHelp("The queue.", valueName: "queue"))
    var queue: String

    @Option(name: .long, help: ArgumentHelp("Only those of a task, by its name.", valueName: "name"))
    var task: String?

    @Flag(name: .long, help: "Do it.")
    var yes = false

    @OptionGroup var options: OperationOptions

    func run() async throws {
        var parameters = OperationParameters()
        parameters.queue = queue
        parameters.taskName = task
        let asked = parameters
        try await options.withHub { session in
            guard yes else { throw try await refusal(session) }
            let count = try await session.repeatUntilDone(.purgeQueue, asked, from: \.until)
            Output.line("\(queue)  \(Wording.count(count, "task")) ended")
        }
    }

    private func refusal(_ session: HubSession) async throws -> CommandExit {
        var waiting = 0
        try await session.walk(.listQueues, limit: nil, of: QueueReport.self) { report in
            if report.queue == queue { waiting = report.ready + report.delayed }
        }
        return CommandExit(
            .usage,
            "\(Wording.count(waiting, "task")) in \(queue) would end without having run: say --yes to do it"
        )
    }
}
