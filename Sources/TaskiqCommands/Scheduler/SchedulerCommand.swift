// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp

/// `scheduler`: the daemon with scheduler and hub.
struct SchedulerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scheduler",
        abstract: "Runs the scheduler and the hub: reads schedules, keeps the queue, serves workers and clients.",
        discussion: """
            Schedules are read from the files and folders given, and from the 'schedule' labels of the tasks that \
            workers announce. Files are read again when they change. Each run is printed as one line.

            SIGTERM or Ctrl-C stops it; tasks that run go on, and report when it is back.
            """
    )

    @OptionGroup var options: SchedulerOptions
    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        try await SchedulerDaemon.run(options, logging)
    }
}
