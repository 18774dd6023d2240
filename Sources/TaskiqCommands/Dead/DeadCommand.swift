// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser

/// `dead`: messages that were given up.
struct DeadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Lists, shows, retries and drops dead letters: messages that were given up.",
        subcommands: [DeadListCommand.self, DeadShowCommand.self, DeadRetryCommand.self, DeadDropCommand.self]
    )
}
