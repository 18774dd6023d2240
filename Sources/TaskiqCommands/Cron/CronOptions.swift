// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqCron

/// The expression of a command and what it is read with.
struct CronOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The expression.", valueName: "expr"))
    var expression: [String] = []

    @Option(name: .customLong("tz"), help: ArgumentHelp("The time zone, by name or offset.", valueName: "zone"))
    var zone = "UTC"

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp("The instant to start from, RFC 3339; now by default.", valueName: "time")
    )
    var start: String?

    @Option(
        name: .long,
        help: "What the expression is written in: standard, vixie, ocps, quartz or taskiq (Python's five fields)."
    )
    var dialect = "standard"

    @Option(name: .long, help: ArgumentHelp("What H is derived from, the schedule's id.", valueName: "text"))
    var seed: String?

    func parsed() throws -> (expression: CronExpression, zone: Zone, start: Timestamp) {
        guard !expression.isEmpty else { throw CommandExit(.usage, "an expression is missing") }
        guard let dialect = CronDialect(name: dialect) else {
            let names = CronDialect.all.map(\.description).joined(separator: ", ")
            throw CommandExit(.usage, "there is no dialect \"\(dialect)\"; there are \(names)")
        }
        do {
            let cron = try CronExpression(expression.joined(separator: " "), dialect: dialect, seed: seed)
            return (
                cron,
                try cron.zone ?? Zone(identifier: zone),
                try start.map { try Timestamp(parsing: $0) } ?? WallClock.now
            )
        } catch {
            throw CommandExit(.usage, "\(error)")
        }
    }
}

/// What happens at jumps of the clock.
struct TransitionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "What becomes of times that clocks skip: automatic (Debian's rule), run-after or skip."
    )
    var gap = "automatic"

    @Option(
        name: .long,
        help: "What becomes of times that clocks show twice: automatic (Debian's rule), once or twice."
    )
    var repeated = "automatic"

    func policy() throws -> TransitionPolicy {
        guard let gap = TransitionPolicy.Gap(name: gap) else {
            throw CommandExit(.usage, "--gap is one of automatic, run-after, skip")
        }
        guard let repeated = TransitionPolicy.Repeated(name: repeated) else {
            throw CommandExit(.usage, "--repeated is one of automatic, once, twice")
        }
        return TransitionPolicy(gap: gap, repeated: repeated)
    }
}
