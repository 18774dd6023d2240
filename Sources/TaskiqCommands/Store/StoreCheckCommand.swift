// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Logging
import Taskiq
import TaskiqApp
import TaskiqHub
import TaskiqSQLite

/// `store check`: whether all is as it was stored.
struct StoreCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Checks the store of a hub that does not run: its structure, its rows, and whether groups are missing.",
        discussion: """
            A hub that runs checks its store by itself when it is idle, and 'taskiq doctor' tells what it found. Nothing \
            is changed here: the hub puts damaged messages aside when it finds them.

            Exit codes: 0 all is well, 1 there are problems, 3 there is no store, 4 a hub has it.
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
        let report: StoreCheckReport
        do {
            report = try HubStoreMaintenance.check(directory)
        } catch {
            throw CommandExit(error.code == .inUse ? .conflict : .problem, error.description)
        }
        let (problems, statistics) = (report.problems, report.statistics)
        for problem in problems { Output.line("\(problem)") }
        let size = Wording.bytes(statistics.fileSize)
        Output.line(
            "\(Wording.count(report.checkedRows, "row")) checked, \(Wording.count(problems.count, "problem")): "
                + "\(Wording.count(statistics.messages, "message")), \(Wording.count(statistics.results, "result")), "
                + "\(Wording.count(statistics.deadLetters, "dead letter")), \(size)"
                + Self.quarantine(statistics.quarantined)
        )
        if !problems.isEmpty { throw CommandExit(.problem) }
    }

    /// Damaged rows that were put aside are no problem any more, and not to be forgotten either.
    static func quarantine(_ count: Int) -> String {
        count == 0 ? "" : "; \(Wording.count(count, "damaged row was", "damaged rows were")) put aside earlier"
    }
}
