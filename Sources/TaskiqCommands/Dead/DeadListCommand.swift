// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqHubProtocol

/// `dead list`: the dead letters.
struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists dead letters, the newest first."
    )

    @Option(name: .long, help: ArgumentHelp("Only those of a task, by its name.", valueName: "name"))
    var task: String?

    @Option(name: .long, help: ArgumentHelp("Only those of a queue.", valueName: "name"))
    var queue: String?

    @OptionGroup var list: ListOptions
    @OptionGroup var options: OperationOptions

    func run() async throws {
        var parameters = OperationParameters()
        parameters.taskName = task
        parameters.queue = queue
        try await options.withHub { session in
            try await list.print(
                session,
                .listDeadLetters,
                parameters,
                of: DeadLetterReport.self,
                table: Table("ID", "TASK", "QUEUE", "DIED", "ATTEMPTS", "REASON"),
                orElse: "there are no such dead letters"
            ) { letter, table in
                table.add(
                    letter.taskID,
                    letter.taskName,
                    letter.queue,
                    "\(Wording.age(letter.deadAt)) ago",
                    "\(letter.attempts)",
                    Wording.short(letter.reason)
                )
            }
        }
    }
}
