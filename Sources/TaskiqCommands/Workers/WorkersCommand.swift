// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser

/// `workers`: the processes that run tasks.
struct WorkersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers",
        abstract: "Lists, drains and pings the worker processes that are connected.",
        subcommands: [WorkersListCommand.self, WorkersDrainCommand.self, WorkersPingCommand.self]
    )
}
