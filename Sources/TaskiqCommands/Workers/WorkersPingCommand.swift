// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqHubProtocol
import TaskiqZeroMQ

/// `workers ping`: has workers answer.
struct WorkersPingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping",
        abstract: "Has workers answer, and says how long that took.",
        discussion: """
            From here over the hub to the worker's connection and back. The connection has a thread of its own, so it \
            answers also while all of the worker's tasks are busy.

            Exit codes: 0 all answered, 3 no worker is connected, or none of that name, 5 no broker was reached, \
            6 one did not answer in time.
            """
    )

    @Argument(help: ArgumentHelp("Names of workers, or beginnings of their ids; all by default.", valueName: "worker"))
    var workers: [String] = []

    @Flag(name: .long, help: "Print JSON, an object for each worker.")
    var json = false

    @OptionGroup var options: OperationOptions

    func run() async throws {
        try await options.withHub { session in
            // Connecting takes time of its own.
            _ = try await session.ask(.listWorkers)
            var chosen = workers
            if chosen.isEmpty {
                try await session.walk(.listWorkers, limit: nil, of: WorkerReport.self) { chosen.append($0.id) }
                guard !chosen.isEmpty else { throw CommandExit(.notFound, "no worker is connected") }
            }
            try await OneByOne.run(chosen) { try await ping($0, session) }
        }
    }

    private func ping(_ worker: String, _ session: HubSession) async throws {
        var parameters = OperationParameters()
        parameters.workers = [worker]
        // A little less, so that it is the hub who says that the worker did not answer.
        parameters.timeout = max(1, session.timeout.inMilliseconds * 9 / 10)
        let began = ContinuousClock.now
        let outcome = try await session.call(.pingWorker, parameters, as: OperationOutcome.self)
        let took = ContinuousClock.now - began
        let name = outcome.workers?.first ?? worker
        if json {
            let microseconds = took.components.seconds * 1_000_000 + took.components.attoseconds / 1_000_000_000_000
            let object: JSONValue = ["worker": .string(name), "round_trip_us": .int(Int(microseconds))]
            Output.line(object.fragment.text)
        } else {
            Output.line("\(name)  \(Wording.microseconds(took))")
        }
    }
}
