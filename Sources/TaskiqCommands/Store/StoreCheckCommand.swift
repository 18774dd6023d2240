// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Logging
import Taskiq
import TaskiqApp
import TaskiqHub
import TaskiqSQLite

/// `store check`: whether all rows are what was stored.
struct StoreCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks the store of a hub that does not run: each row against its checksum.",
        discussion: """
            A hub that runs checks its store by itself when it is idle, and 'taskiq doctor' tells what it found. Nothing \
            is changed here: the hub puts damaged messages aside when it finds them.

            Exit codes: 0 all is as it was stored, 1 something is damaged, 3 there is no store, 4 a hub has it.
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
        var problems: [String] = []
        var checked = 0
        let statistics: StoreStatistics
        do {
            let store = try SQLiteHubStore(directory: directory, logger: Logger(label: "taskiq.store"))
            defer { store.close() }
            var next: Int64? = 0
            while let start = next {
                let report = try store.scrub(from: start, limit: 10_000)
                checked += report.checked
                problems += report.damaged.map { "message \($0.sequence): \($0.reason)" } + report.others
                next = report.next
            }
            statistics = try store.statistics()
        } catch let error as HubStoreError {
            throw CommandExit(error.code == .inUse ? .conflict : .problem, error.description)
        }
        for problem in problems { Output.line(problem) }
        let size = Wording.bytes(statistics.fileSize)
        Output.line(
            "\(Wording.count(checked, "row")) checked, \(problems.count) damaged: "
                + "\(Wording.count(statistics.messages, "message")), \(Wording.count(statistics.results, "result")), "
                + "\(Wording.count(statistics.deadLetters, "dead letter")), \(size)"
        )
        if statistics.quarantined > 0 {
            Output.line("\(Wording.count(statistics.quarantined, "row")) were put aside as damaged")
        }
        if !problems.isEmpty { throw CommandExit(.problem) }
    }
}
