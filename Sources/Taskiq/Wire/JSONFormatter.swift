// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Python taskiq's JSON message object, written compactly, read in either of Python's spellings.
///
/// Fields that are not known are ignored; `task_id`, `task_name`, `labels`, `args` and `kwargs` must be there.
public struct JSONFormatter: TaskiqFormatter {
    /// Makes a formatter.
    public init() {}

    /// Encodes a message.
    ///
    /// - Parameter message: the message.
    /// - Returns: what a transport sends.
    /// - Throws: nothing; other formatters may.
    public func dumps(_ message: TaskiqMessage) throws(TaskiqError) -> BrokerMessage {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        JSONWriter.write(literal: #"{"task_id":"#, to: &bytes)
        JSONWriter.write(string: message.taskID.rawValue, to: &bytes)
        JSONWriter.write(literal: #","task_name":"#, to: &bytes)
        JSONWriter.write(string: message.taskName.rawValue, to: &bytes)
        JSONWriter.write(literal: #","labels":"#, to: &bytes)
        let entries = message.labels.entries
        JSONWriter.write(object: entries.lazy.map { ($0.name, $0.value) }, to: &bytes) { value, bytes in
            if case .json(let fragment) = value {
                JSONWriter.write(fragment, to: &bytes)
            } else {
                JSONWriter.write(string: value.text, to: &bytes)
            }
        }
        JSONWriter.write(literal: #","labels_types":"#, to: &bytes)
        let types = entries.lazy.compactMap { entry in entry.value.wireType.map { (entry.name, $0.rawValue) } }
        JSONWriter.write(object: types, to: &bytes) { type, bytes in
            JSONWriter.write(integer: type, to: &bytes)
        }
        JSONWriter.write(literal: #","args":"#, to: &bytes)
        JSONWriter.write(message.args, to: &bytes)
        JSONWriter.write(literal: #","kwargs":"#, to: &bytes)
        let kwargs = message.kwargs.arguments.lazy.map { ($0.name, $0.value) }
        JSONWriter.write(object: kwargs, to: &bytes) { value, bytes in JSONWriter.write(value, to: &bytes) }
        bytes.append(UInt8(ascii: "}"))
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
        let fields = try JSONMessageFields(data)
        return TaskiqMessage(
            taskID: TaskID(rawValue: try fields.text("task_id", fields.taskID)),
            taskName: TaskName(rawValue: try fields.text("task_name", fields.taskName)),
            labels: try fields.readLabels(),
            args: try fields.args.get("args"),
            kwargs: KeywordArguments(try fields.kwargs.get("kwargs"))
        )
    }
}
