// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqHubProtocol

/// `workers list`: the worker processes that are connected.
struct WorkersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the worker processes that are connected."
    )

    @OptionGroup var list: ListOptions
    @OptionGroup var options: OperationOptions

    func run() async throws {
        try await options.withHub { session in
            try await list.print(
                session,
                .listWorkers,
                of: WorkerReport.self,
                table: Table(
                    "NAME",
                    "ID",
                    "QUEUES",
                    "TASKS",
                    "RUNNING",
                    "HOLDING",
                    "CREDIT",
                    "HEARD",
                    "SINCE",
                    "STATE"
                ),
                orElse: "no worker is connected"
            ) { worker, table in
                table.add(
                    worker.name,
                    worker.id,
                    worker.queues.joined(separator: ","),
                    worker.tasks.map { "\($0)" } ?? "-",
                    "\(worker.running)",
                    "\(worker.holding)",
                    "\(worker.credit)",
                    "\(Wording.age(worker.heardAt)) ago",
                    Wording.age(worker.connectedAt),
                    worker.isDraining ? "draining" : worker.isGone ? "gone" : "-"
                )
            }
        }
    }
}
