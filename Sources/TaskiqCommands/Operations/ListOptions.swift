// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqHubProtocol

/// How lists are printed.
struct ListOptions: ParsableArguments {
    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("How many to print at most.", valueName: "n"))
    var limit = 100

    @Flag(name: .long, help: "Print all of them.")
    var all = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be 1 or more.") }
    }

    /// Prints a list as a table, or as one JSON array.
    func print<Item: Codable & Sendable>(
        _ session: HubSession,
        _ operation: HubOperation,
        _ parameters: OperationParameters = OperationParameters(),
        of type: Item.Type = Item.self,
        table: Table,
        orElse sentence: String,
        row: (Item, inout Table) -> Void
    ) async throws {
        var table = table
        var items: [JSONFragment] = []
        let hasMore = try await session.walk(operation, parameters, limit: all ? nil : limit, of: type) { item in
            if json { items.append(try JSONFragment(encoding: item)) } else { row(item, &table) }
        }
        if json {
            Output.line(try JSONFragment(encoding: items).text)
        } else {
            table.print(orElse: sentence)
            if hasMore { Output.error("there are more: say --limit or --all") }
        }
    }
}
