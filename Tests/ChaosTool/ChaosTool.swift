// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Logging
import Taskiq
import TaskiqApp

/// What `scripts/chaos` runs: workers whose runs are written down, clients that write down what was accepted, a nemesis
/// that kills and stops them and the hub, and a checker that compares what was written down.
@main
struct ChaosTool: TaskiqApplication {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "ChaosTool",
            abstract: "Kills, stops and cuts off hub, workers and clients, and checks that nothing is lost.",
            subcommands: [RunCommand.self, ClientCommand.self] + taskiqSubcommands,
            defaultSubcommand: RunCommand.self
        )
    }

    static func register(in broker: Broker) throws {
        let (journal, poison) = try (Journal.ofThisProcess(), Journal.ofThisProcess(suffix: Journal.poison))
        broker.task("work") { (key: String, milliseconds: Int) in
            let attempt = Context.current?.attempt ?? 0
            journal.write("S", key, attempt, getpid())
            try await Task.sleep(for: .milliseconds(milliseconds))  // waits: it is the task's work
            journal.write("E", key, attempt, getpid())
            return "\(getpid()):\(attempt)"
        }
        // Its culprit is unknown to everybody: the process is gone without a word.
        broker.task("poison") { (key: String, milliseconds: Int) in
            journal.write("S", key, Context.current?.attempt ?? 0, getpid())
            poison.write("S", key)
            if milliseconds > 0 {
                try await Task.sleep(for: .milliseconds(milliseconds))  // waits: it is the task's work
            }
            kill(getpid(), SIGKILL)
        }
    }
}
