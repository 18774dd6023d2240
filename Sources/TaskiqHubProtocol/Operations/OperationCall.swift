// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// An operation that a client wants done: the name of the operation, and what it is told.
public struct OperationCall: Sendable, Hashable {
    /// The operation's name, as in `queues.pause`; see `HubOperation`.
    public var operation: String
    /// What it is told: an object of `OperationParameters`, as JSON; empty for nothing.
    public var parameters: [UInt8]

    /// Makes a call.
    ///
    /// - Parameters:
    ///   - operation: the operation's name.
    ///   - parameters: what it is told, as JSON.
    public init(operation: String, parameters: [UInt8] = []) {
        self.operation = operation
        self.parameters = parameters
    }
}
