// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqHubProtocol

/// `dead show`: one dead letter with its message.
struct DeadShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a dead letter with its message.",
        discussion: "Exit codes: 0 here it is, 3 there is no such dead letter, 5 no broker was reached."
    )

    @Argument(help: ArgumentHelp("The task's id.", valueName: "id"))
    var taskID: String

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @OptionGroup var options: OperationOptions

    func run() async throws {
        var parameters = OperationParameters()
        parameters.taskIDs = [taskID]
        let asked = parameters
        try await options.withHub { session in
            let answer = try await session.ask(.showDeadLetter, asked)
            if json {
                Output.line(answer.text)
            } else {
                for line in Self.lines(try answer.decode(DeadLetterReport.self)) { Output.line(line) }
            }
        }
    }

    private static func lines(_ letter: DeadLetterReport) -> [String] {
        let pairs: [(String, String?)] = [
            ("id", letter.taskID), ("task", letter.taskName), ("queue", letter.queue), ("reason", letter.reason),
            ("died", "\(letter.deadAt), \(Wording.age(letter.deadAt)) ago"), ("accepted", "\(letter.enqueuedAt)"),
            ("attempts", "\(letter.attempts)"), ("crashes", letter.crashes > 0 ? "\(letter.crashes)" : nil),
            ("schedule", letter.scheduleID), ("slot", letter.scheduledAt.map { "\($0)" }),
            (
                "message",
                letter.message?.text ?? letter.bytes.map { "\(Wording.bytes(Int64($0))) that are no JSON, or too long" }
            ),
        ]
        return pairs.compactMap { name, value in
            value.map { "\(name)\(String(repeating: " ", count: 10 - name.count))\($0)" }
        }
    }
}
