// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser

/// `store`: the hub's file.
struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Checks, copies and compacts a hub's store.",
        subcommands: [StoreCheckCommand.self, StoreBackupCommand.self, StoreCompactCommand.self]
    )
}
