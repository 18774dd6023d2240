// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp

/// Which commands the stock worker runs.
struct CommandOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: "Run any command that is sent as taskiq.command: whoever reaches the broker can do what you can."
    )
    var allowCommands = false

    @Option(
        name: .customLong("allow-command"),
        help: ArgumentHelp(
            "Run commands that match this pattern, as in 'df *'; may be repeated.",
            valueName: "pattern"
        )
    )
    var patterns: [String] = []

    var policy: CommandPolicy { CommandPolicy(allowsAll: allowCommands, patterns: patterns) }

    /// The arguments that tell a worker process the same.
    var arguments: [String] {
        (allowCommands ? ["--allow-commands"] : []) + patterns.flatMap { ["--allow-command", $0] }
    }
}
