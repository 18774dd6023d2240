// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqHubProtocol

/// Which dead letters are meant: some by their ids, or all that fit.
struct DeadSelection: ParsableArguments {
    @Argument(help: ArgumentHelp("The ids of tasks.", valueName: "id"))
    var taskIDs: [String] = []

    @Flag(name: .long, help: "All dead letters.")
    var all = false

    @Option(name: .long, help: ArgumentHelp("All of a task, by its name.", valueName: "name"))
    var task: String?

    @Option(name: .long, help: ArgumentHelp("All of a queue.", valueName: "name"))
    var queue: String?

    func validate() throws {
        let isFiltered = all || task != nil || queue != nil
        guard taskIDs.isEmpty == isFiltered else {
            throw ValidationError(
                isFiltered
                    ? "Name ids, or say --all, --task or --queue: not both."
                    : "Name ids, or say --all, --task or --queue."
            )
        }
    }

    /// The selection as the hub is told it; nil when it names ids.
    var filter: OperationParameters? {
        guard taskIDs.isEmpty else { return nil }
        var parameters = OperationParameters()
        parameters.all = all ? true : nil
        parameters.taskName = task
        parameters.queue = queue
        return parameters
    }
}
