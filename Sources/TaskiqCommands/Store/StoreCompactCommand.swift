// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Logging
import Taskiq
import TaskiqApp
import TaskiqHub
import TaskiqSQLite

/// `store compact`: gives the room back that a store does not use.
struct StoreCompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Gives the room back to the disk that the store of a hub that does not run does not use.",
        discussion: """
            The store is written anew, which needs as much free space as it has bytes. A hub uses the room of what is \
            over for what comes next, so this is of use only after there was much more than there will be.

            Exit codes: 0 done, 1 it could not be done, 3 there is no store, 4 a hub has it.
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The data directory.",
            discussion: "Default: $XDG_STATE_HOME/taskiq, else ~/.local/state/taskiq.",
            valueName: "dir"
        )
    )
    var data: String?

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        let directory = try DataDirectoryOption.path(data)
        logging.bootstrap(standard: .error)
        guard Executables.isReadable("\(directory)/hub.sqlite") else {
            throw CommandExit(.notFound, "there is no store in \(directory): name the data directory with --data")
        }
        do {
            let (before, after) = try HubStoreMaintenance.compact(directory)
            Output.line("\(Wording.bytes(before)) before, \(Wording.bytes(after)) now")
        } catch {
            throw CommandExit(error.code == .inUse ? .conflict : .problem, error.description)
        }
    }
}
