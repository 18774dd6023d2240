// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqApp
import TaskiqHubProtocol
import TaskiqZeroMQ

/// A command's conversation with a hub.
struct HubSession: Sendable {
    let broker: Broker
    let client: HubClient
    let timeout: Duration

    /// Has the hub do something.
    ///
    /// - Returns: the answer as it came.
    func ask(
        _ operation: HubOperation,
        _ parameters: OperationParameters = OperationParameters(),
        timeout: Duration? = nil
    ) async throws -> JSONFragment {
        try await client.call(operation, parameters, timeout: timeout ?? self.timeout)
    }

    /// Has the hub do something.
    func call<Answer: Decodable>(
        _ operation: HubOperation,
        _ parameters: OperationParameters = OperationParameters(),
        as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try await ask(operation, parameters).decode(type)
    }

    /// Walks through a list, page by page.
    ///
    /// - Parameters:
    ///   - operation: what lists.
    ///   - parameters: what it is told.
    ///   - limit: how many items are wanted; nil for all.
    ///   - type: what the items are.
    ///   - body: takes each item.
    /// - Returns: whether there are more.
    /// - Throws: what the hub, or the body, says.
    @discardableResult
    func walk<Item: Codable & Sendable>(
        _ operation: HubOperation,
        _ parameters: OperationParameters = OperationParameters(),
        limit: Int?,
        of type: Item.Type = Item.self,
        _ body: (Item) throws -> Void
    ) async throws -> Bool {
        var parameters = parameters
        var left = limit ?? .max
        while left > 0 {
            parameters.limit = min(left, 500)
            let page = try await call(operation, parameters, as: OperationPage<Item>.self)
            for item in page.items { try body(item) }
            left -= page.items.count
            guard let next = page.next else { return false }
            parameters.after = next
        }
        return true
    }

    /// Repeats an operation that does a part at a time, until all is done.
    ///
    /// - Returns: to how many it was done.
    func repeatUntilDone(
        _ operation: HubOperation,
        _ parameters: OperationParameters,
        from place: WritableKeyPath<OperationParameters, String?>
    ) async throws -> Int {
        var parameters = parameters
        var count = 0
        while true {
            let outcome = try await call(operation, parameters, as: OperationOutcome.self)
            count += outcome.count ?? 0
            guard let until = outcome.until else { return count }
            parameters[keyPath: place] = until
        }
    }
}
