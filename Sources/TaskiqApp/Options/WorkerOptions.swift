// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import ArgumentParser
package import Taskiq

/// How workers work; the flags have the names of Python's.
package struct WorkerOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("How many worker processes to run.", valueName: "n"))
    package var workers = 2

    @Option(name: .long, help: ArgumentHelp("How many tasks each process runs at a time.", valueName: "n"))
    package var maxAsyncTasks = 100

    @Option(
        name: .long,
        help: ArgumentHelp("How many more messages each process holds ready.", valueName: "n")
    )
    package var maxPrefetch = 0

    @Option(name: .customLong("queue"), help: ArgumentHelp("A queue to serve; may be repeated.", valueName: "name"))
    package var queues: [String] = []

    @Option(
        name: .customLong("ack-type"),
        help: ArgumentHelp(
            "When messages are acknowledged: when_received, when_executed, when_saved or manual.",
            valueName: "type"
        )
    )
    package var acknowledgeType = AcknowledgeType.whenSaved.rawValue

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How long running tasks may take to end when the worker stops; then they are given back.",
            valueName: "duration"
        )
    )
    package var waitTasksTimeout = DurationOption(.seconds(30))

    package init() {}

    package func validate() throws {
        guard (1...1024).contains(workers) else { throw ValidationError("--workers must be from 1 to 1024.") }
        guard (1...100_000).contains(maxAsyncTasks) else {
            throw ValidationError("--max-async-tasks must be from 1 to 100000.")
        }
        guard (0...100_000).contains(maxPrefetch) else {
            throw ValidationError("--max-prefetch must be from 0 to 100000.")
        }
        guard AcknowledgeType(rawValue: acknowledgeType) != nil else {
            let types = AcknowledgeType.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--ack-type must be one of \(types).")
        }
    }

    /// What a worker process is told.
    ///
    /// - Parameter application: the program's name.
    /// - Returns: the configuration of one process.
    package func configuration(application: String) -> Worker.Configuration {
        Worker.Configuration(
            application: application,
            maxAsyncTasks: maxAsyncTasks,
            maxPrefetch: maxPrefetch,
            queues: queues.isEmpty ? [BrokerMessage.defaultQueue] : queues,
            acknowledgeType: AcknowledgeType(rawValue: acknowledgeType) ?? .whenSaved,
            waitTasksTimeout: waitTasksTimeout.duration
        )
    }

    /// The arguments that tell a worker process the same.
    package var arguments: [String] {
        var arguments = [
            "--max-async-tasks", "\(maxAsyncTasks)", "--max-prefetch", "\(maxPrefetch)",
            "--ack-type", acknowledgeType, "--wait-tasks-timeout", "\(waitTasksTimeout.duration.inMilliseconds)ms",
        ]
        for queue in queues { arguments += ["--queue", queue] }
        return arguments
    }
}
