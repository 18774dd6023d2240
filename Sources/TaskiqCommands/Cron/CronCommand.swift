// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser

/// `cron`: questions about cron expressions; no daemon is needed.
struct CronCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cron",
        abstract: "Answers questions about cron expressions.",
        subcommands: [
            CronNextCommand.self, CronPrevCommand.self, CronExplainCommand.self, CronCheckCommand.self,
        ]
    )
}
