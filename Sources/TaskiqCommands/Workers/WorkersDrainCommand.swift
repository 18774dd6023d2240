// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqHubProtocol

/// `workers drain`: has workers finish, and go.
struct WorkersDrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Has workers take no more tasks, finish those that run, and end.",
        discussion: """
            The supervisor ('taskiq worker') starts no other process in the place of one that was drained, and ends \
            when all of its processes were. To have a new process instead, send the old one SIGTERM.

            Exit codes: 0 they were told, 3 no such worker is connected, 5 no broker was reached.
            """
    )

    @Argument(help: ArgumentHelp("Names of workers, or beginnings of their ids.", valueName: "worker"))
    var workers: [String] = []

    @Flag(name: .long, help: "All workers that are connected.")
    var all = false

    @OptionGroup var options: OperationOptions

    func validate() throws {
        guard workers.isEmpty == all else { throw ValidationError("Name workers, or say --all.") }
    }

    func run() async throws {
        try await options.withHub { session in
            var parameters = OperationParameters()
            if all {
                parameters.all = true
                let outcome = try await session.call(.drainWorkers, parameters, as: OperationOutcome.self)
                for name in outcome.workers ?? [] { Output.line("\(name)  was told to finish and to end") }
                if outcome.count == 0 { Output.line("no worker is connected") }
                return
            }
            try await OneByOne.run(workers) { worker in
                parameters.workers = [worker]
                let outcome = try await session.call(.drainWorkers, parameters, as: OperationOutcome.self)
                for name in outcome.workers ?? [] { Output.line("\(name)  was told to finish and to end") }
            }
        }
    }
}
