// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import TaskiqHubProtocol

/// `queues list`: the queues, and how much waits in each.
struct QueuesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the queues that have tasks or workers, or are paused."
    )

    @OptionGroup var list: ListOptions
    @OptionGroup var options: OperationOptions

    func run() async throws {
        try await options.withHub { session in
            try await list.print(
                session,
                .listQueues,
                of: QueueReport.self,
                table: Table("QUEUE", "READY", "DELAYED", "RUNNING", "WORKERS", "OLDEST", "STATE"),
                orElse: "no queue has tasks or workers"
            ) { queue, table in
                var states = queue.isPaused ? ["paused"] : []
                if queue.unroutable > 0 { states.append("\(queue.unroutable) that no worker knows") }
                table.add(
                    queue.queue,
                    "\(queue.ready)",
                    "\(queue.delayed)",
                    "\(queue.running)",
                    "\(queue.workers)",
                    Wording.age(queue.oldest),
                    states.isEmpty ? "-" : states.joined(separator: ", ")
                )
            }
        }
    }
}
