// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Taskiq
package import TaskiqHubProtocol

/// The way of commands to a hub's operations.
package struct HubClient: Sendable {
    /// Something that happened at the hub.
    package struct Event: Sendable {
        /// An `EventReport`, as JSON.
        package var body: [UInt8]
        /// How many events were left out before it.
        package var dropped: Int64
    }

    /// Why an operation was not done, in the hub's words.
    package struct Refusal: Error, CustomStringConvertible {
        /// The kind of reason.
        package var status: OperationReply.Status
        /// A sentence for people.
        package var description: String
    }

    private let connection: HubConnection

    /// - Parameter transport: a transport that is started.
    package init(_ transport: ZeroMQTransport) {
        connection = transport.connection
    }

    /// Has the hub do something.
    ///
    /// - Parameters:
    ///   - operation: what.
    ///   - parameters: what it is told.
    ///   - timeout: how long it may take, connecting and a hub's restart included.
    /// - Returns: the answer, as JSON.
    /// - Throws: `Refusal`, or `TaskiqError` when the hub does not answer.
    package func call(
        _ operation: HubOperation,
        _ parameters: OperationParameters = OperationParameters(),
        timeout: Duration
    ) async throws -> JSONFragment {
        let json = try JSONFragment(encoding: parameters)
        let call = OperationCall(operation: operation.rawValue, parameters: Array(json.bytes))
        let reply = try await connection.call(call, timeout: timeout)
        guard reply.status == .ok else { throw Refusal(status: reply.status, description: reply.message) }
        return try JSONFragment(parsing: reply.body)
    }

    /// Has the hub tell of events.
    ///
    /// - Parameters:
    ///   - parameters: which.
    ///   - timeout: how long the hub may take to answer.
    /// - Returns: the events from now on, over any number of connections; what happens between two of them is missing.
    /// - Throws: `Refusal`, or `TaskiqError` when the hub does not answer.
    package func events(
        _ parameters: OperationParameters = OperationParameters(),
        timeout: Duration
    ) async throws -> AsyncStream<Event> {
        let events = connection.events()
        _ = try await call(.subscribeEvents, parameters, timeout: timeout)
        return events
    }
}
