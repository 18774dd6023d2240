// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqCron

/// `cron next`: when an expression fires.
struct CronNextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Prints the next instants at which an expression fires.",
        discussion: """
            Put the expression into quotation marks, or the shell replaces its stars: taskiq cron next '0 4 * * *'

            With --batch every line of standard input is a JSON object {"expr","tz","start","count"} and every line of \
            output the answer {"next":[…]} or {"error":{"code","message","column"}}, in the same order. "until" in the \
            place of "count" asks for all instants between, "kind":"prev" for earlier ones, and "seed" and "dialect" \
            may be given as well.
            """
    )

    @OptionGroup var cron: CronOptions
    @OptionGroup var transitions: TransitionOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("How many to print.", valueName: "n"))
    var number = 5

    @Flag(name: .long, help: "Answer the questions on standard input, one JSON object a line.")
    var batch = false

    @Flag(name: .long, help: "Print a JSON array.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(number) else { throw ValidationError("-n must be from 1 to 100000.") }
        guard !batch || cron.expression.isEmpty else {
            throw ValidationError("--batch takes its expressions from standard input.")
        }
    }

    func run() throws {
        if batch {
            let policy = try transitions.policy()
            while let line = readLine() {
                // Blank lines between questions are no questions.
                guard line.contains(where: { !$0.isWhitespace }) else { continue }
                Output.line(CronBatch.answer(to: line, policy: policy))
            }
            return
        }
        for line in try lines() { Output.line(line) }
    }

    /// The answer.
    func lines() throws -> [String] {
        let policy = try transitions.policy()
        let (expression, zone, start) = try cron.parsed()
        let instants = expression.occurrences(after: start, in: zone, policy: policy).prefix(number)
        return CronAnswer.lines(Array(instants), in: zone, asJSON: json)
    }
}
