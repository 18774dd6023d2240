// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp

/// `taskiq-scheduler`: the daemon by its own name.
public enum TaskiqSchedulerCommandLine {
    /// Runs the daemon with the process's arguments, and ends the process with one of taskiq's exit codes.
    public static func main() async {
        await CommandRunner.run(SchedulerDaemonCommand.self)
    }
}

/// The same command as `taskiq scheduler`, as a root of its own.
struct SchedulerDaemonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "taskiq-scheduler",
        abstract: SchedulerCommand.configuration.abstract,
        discussion: SchedulerCommand.configuration.discussion,
        version: TaskiqVersion.text
    )

    @OptionGroup var options: SchedulerOptions
    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        try await SchedulerDaemon.run(options, logging)
    }
}
