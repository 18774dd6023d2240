// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqCron

/// `cron prev`: when an expression fired.
struct CronPrevCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prev",
        abstract: "Prints the last instants at which an expression fired, the latest first."
    )

    @OptionGroup var cron: CronOptions
    @OptionGroup var transitions: TransitionOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("How many to print.", valueName: "n"))
    var number = 5

    @Flag(name: .long, help: "Print a JSON array.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(number) else { throw ValidationError("-n must be from 1 to 100000.") }
    }

    func run() throws {
        for line in try lines() { Output.line(line) }
    }

    /// The answer.
    func lines() throws -> [String] {
        let policy = try transitions.policy()
        let (expression, zone, start) = try cron.parsed()
        let end = CronAnswer.backwardStart(start, written: cron.start)
        let instants = CronAnswer.previous(expression, before: end, in: zone, policy: policy, count: number)
        return CronAnswer.lines(instants, in: zone, asJSON: json)
    }
}
