// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqCron
import TaskiqHubProtocol
import TaskiqZeroMQ

/// `results tail`: the results that came last, and those that come.
struct ResultsTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Prints the results that were stored last, the newest at the end.",
        discussion: "With --follow also those that come, until it is stopped; very many at a time are cut short."
    )

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("How many to begin with.", valueName: "n"))
    var limit = 10

    @Flag(name: .shortAndLong, help: "Go on with those that come.")
    var follow = false

    @Flag(name: .long, help: "Print JSON, an object in each line.")
    var json = false

    @OptionGroup var options: OperationOptions

    func validate() throws {
        guard (0...10_000).contains(limit) else { throw ValidationError("--limit must be from 0 to 10000.") }
    }

    func run() async throws {
        try await options.withHub { session in
            var parameters = OperationParameters()
            parameters.kinds = [EventReport.Kind.taskSucceeded.rawValue, EventReport.Kind.taskFailed.rawValue]
            // First, so that nothing is missed in between; what comes twice is printed once.
            let events = follow ? try await session.client.events(parameters, timeout: session.timeout) : nil
            var last: [ResultReport] = []
            if limit > 0 {
                try await session.walk(.listResults, limit: limit, of: ResultReport.self) { last.append($0) }
            }
            for result in last.reversed() { try print(result) }
            guard let events else { return }
            var printed = Set(last.map(\.taskID))
            for await event in events {
                if event.dropped > 0 { Output.error("\(event.dropped) were left out, because there were too many") }
                let report = try JSONFragment(parsing: event.body).decode(EventReport.self)
                guard let taskID = report.taskID else { continue }
                if printed.remove(taskID) != nil { continue }
                try print(try await result(of: report, taskID, session))
            }
        }
    }

    private func result(of event: EventReport, _ taskID: String, _ session: HubSession) async throws -> ResultReport {
        var report = ResultReport(taskID: taskID, isError: event.kind == .taskFailed, bytes: 0)
        report.taskName = event.taskName
        report.storedAt = event.at
        report.error = report.isError ? event.reason : nil
        // Gone already, or kept elsewhere: then there is nothing to show of it.
        if !report.isError, let stored = try? await session.broker.resultBackend.result(for: TaskID(rawValue: taskID)) {
            report.value = stored.returnValue
            report.bytes = stored.returnValue.bytes.count
        }
        return report
    }

    private func print(_ result: ResultReport) throws {
        if json { return Output.line(try JSONFragment(encoding: result).text) }
        let words = [
            result.storedAt.map { "\($0)" } ?? "-", result.taskID, result.taskName ?? "-",
            result.isError
                ? "FAILED  \(Wording.short(result.error ?? "", 120))"
                : "ok  \(Wording.short(result.value?.text ?? Wording.bytes(Int64(result.bytes)), 120))",
        ]
        Output.line(words.joined(separator: "  "))
    }
}
