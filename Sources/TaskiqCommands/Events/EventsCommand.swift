// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqHubProtocol
import TaskiqZeroMQ

/// `events`: what happens at the hub.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Prints what happens at the hub, until it is stopped.",
        discussion: """
            Kinds: \(EventReport.Kind.allCases.map(\.rawValue).joined(separator: ", ")). What comes before the dot \
            means all of these. The hub keeps no events: they begin now, none is repeated, and very many at a time are \
            cut short, which is said.
            """
    )

    @Flag(name: .shortAndLong, help: "Go on until stopped, which is what it does anyway.")
    var follow = false

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("End after so many.", valueName: "n"))
    var limit: Int?

    @Option(name: .customLong("kind"), help: ArgumentHelp("Only events of a kind; may be repeated.", valueName: "kind"))
    var kinds: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only events of a queue, and those of none.", valueName: "name"))
    var queue: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only events of a task, by its name, and those of none.", valueName: "name")
    )
    var task: String?

    @Flag(name: .long, help: "Print JSON, an object in each line.")
    var json = false

    @OptionGroup var options: OperationOptions

    func run() async throws {
        try await options.withHub { session in
            var parameters = OperationParameters()
            parameters.kinds = kinds.isEmpty ? nil : kinds
            parameters.queue = queue
            parameters.taskName = task
            let events = try await session.client.events(parameters, timeout: session.timeout)
            if !json { Output.error("following the events of \(session.broker.transport.address)") }
            var left = limit ?? .max
            for await event in events {
                if event.dropped > 0 {
                    Output.error("\(event.dropped) events were left out, because there were too many")
                }
                let fragment = try JSONFragment(parsing: event.body)
                Output.line(json ? fragment.text : Self.line(try fragment.decode(EventReport.self)))
                left -= 1
                if left <= 0 { return }
            }
        }
    }

    private static func line(_ event: EventReport) -> String {
        var words = ["\(event.at)", event.kind.rawValue]
        words += [event.taskID, event.taskName].compactMap { $0 }
        if let queue = event.queue { words.append("queue=\(queue)") }
        if let worker = event.worker { words.append("worker=\(worker)") }
        if let schedule = event.scheduleID { words.append("schedule=\(schedule)") }
        if let attempt = event.attempt { words.append("attempt=\(attempt)") }
        if let time = event.executionTime { words.append("took=\(Wording.microseconds(.microseconds(time)))") }
        if let count = event.count { words.append("count=\(count)") }
        if let reason = event.reason { words.append(Wording.short(reason, 200)) }
        return words.joined(separator: "  ")
    }
}
