// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Turns messages into bytes and back.
public protocol TaskiqFormatter: Sendable {
    /// Encodes a message.
    ///
    /// - Parameter message: the message.
    /// - Returns: what a transport sends.
    /// - Throws: `TaskiqError` with code `unencodable`.
    func dumps(_ message: TaskiqMessage) throws(TaskiqError) -> BrokerMessage

    /// Decodes a message.
    ///
    /// - Parameter data: what a transport received.
    /// - Returns: the message.
    /// - Throws: `TaskiqError` with code `malformed`.
    func loads(_ data: [UInt8]) throws(TaskiqError) -> TaskiqMessage
}
