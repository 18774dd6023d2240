// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqCron

/// `cron next`: when an expression fires.
struct CronNextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Prints the next instants at which an expression fires.",
        discussion: """
            Put the expression into quotation marks, or the shell replaces its stars: taskiq cron next '0 4 * * *'
            """
    )

    @Argument(help: ArgumentHelp("The expression.", valueName: "expr"))
    var expression: [String]

    @Option(name: .customLong("tz"), help: ArgumentHelp("The time zone, by name or offset.", valueName: "zone"))
    var zone = "UTC"

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp("The instant after which to look, RFC 3339; now by default.", valueName: "time")
    )
    var start: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("How many to print.", valueName: "n"))
    var number = 5

    func validate() throws {
        guard (1...100_000).contains(number) else { throw ValidationError("-n must be from 1 to 100000.") }
    }

    func run() throws {
        let (cron, zone, start) = try parsed()
        for instant in cron.occurrences(after: start, in: zone).prefix(number) {
            Output.line(instant.rfc3339(in: zone))
        }
    }

    private func parsed() throws -> (CronExpression, Zone, Timestamp) {
        do {
            return (
                try CronExpression(expression.joined(separator: " ")),
                try Zone(identifier: zone),
                try start.map { try Timestamp(parsing: $0) } ?? WallClock.now
            )
        } catch {
            throw CommandExit(.usage, "\(error)")
        }
    }
}
