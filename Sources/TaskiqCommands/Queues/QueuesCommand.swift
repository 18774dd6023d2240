// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser

/// `queues`: what waits where.
struct QueuesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues",
        abstract: "Lists, pauses, resumes and purges queues.",
        subcommands: [
            QueuesListCommand.self, QueuesPauseCommand.self, QueuesResumeCommand.self, QueuesPurgeCommand.self,
        ]
    )
}
