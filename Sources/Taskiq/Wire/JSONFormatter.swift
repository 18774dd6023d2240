// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Python taskiq's JSON message object, written compactly, read in either of Python's spellings; arguments that were read
/// are written as they came.
///
/// Fields that are not known are ignored; `task_id`, `task_name`, `labels`, `args` and `kwargs` must be there.
public struct JSONFormatter: TaskiqFormatter {
    /// Makes a formatter.
    public init() {}

    /// Encodes a message.
    ///
    /// - Parameter message: the message.
    /// - Returns: what a transport sends.
    /// - Throws: `TaskiqError` with code `unencodable` for values that are nested deeper than any reader follows.
    public func dumps(_ message: TaskiqMessage) throws(TaskiqError) -> BrokerMessage {
        let bytes =
            if let plain = JSONMessageWriter.plainBytes(of: message) { plain } else {
                try JSONMessageWriter.bytes(of: message)
            }
        return BrokerMessage(
            taskID: message.taskID,
            taskName: message.taskName,
            message: bytes,
            labels: message.labels
        )
    }

    /// Decodes a message.
    ///
    /// - Parameter data: what a transport received.
    /// - Returns: the message.
    /// - Throws: `TaskiqError` with code `malformed` that says where the bytes stop being a message.
    public func loads(_ data: [UInt8]) throws(TaskiqError) -> TaskiqMessage {
        try JSONMessageReader.message(data)
    }
}
