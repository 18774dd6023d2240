// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser

/// `results`: what became of tasks.
struct ResultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "results",
        abstract: "Fetches the results of tasks.",
        subcommands: [ResultsGetCommand.self, ResultsWaitCommand.self, ResultsTailCommand.self]
    )
}
