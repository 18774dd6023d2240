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
        bytes.append(contentsOf: #"{"task_id":"#.utf8)
        JSONWriter.write(string: message.taskID.rawValue, to: &bytes)
        bytes.append(contentsOf: #","task_name":"#.utf8)
        JSONWriter.write(string: message.taskName.rawValue, to: &bytes)
        bytes.append(contentsOf: #","labels":"#.utf8)
        let entries = message.labels.entries
        JSONWriter.write(object: entries.lazy.map { ($0.name, $0.value) }, to: &bytes) { value, bytes in
            if case .json(let fragment) = value {
                JSONWriter.write(fragment, to: &bytes)
            } else {
                JSONWriter.write(string: value.text, to: &bytes)
            }
        }
        bytes.append(contentsOf: #","labels_types":"#.utf8)
        let types = entries.lazy.compactMap { entry in entry.value.wireType.map { (entry.name, $0.rawValue) } }
        JSONWriter.write(object: types, to: &bytes) { type, bytes in
            bytes.append(contentsOf: type.description.utf8)
        }
        bytes.append(contentsOf: #","args":"#.utf8)
        JSONWriter.write(message.args, to: &bytes)
        bytes.append(contentsOf: #","kwargs":"#.utf8)
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
        var fields: [String: JSONFragment] = [:]
        var scanner = JSONScanner(data)
        try scanner.object { key, value in fields[key] = value }
        try scanner.expectEnd()
        var argumentScanner = JSONScanner(try Self.field("args", of: fields))
        return TaskiqMessage(
            taskID: TaskID(rawValue: try Self.text("task_id", of: fields)),
            taskName: TaskName(rawValue: try Self.text("task_name", of: fields)),
            labels: try Self.labels(of: fields),
            args: try argumentScanner.array(),
            kwargs: try KeywordArguments(try Self.field("kwargs", of: fields))
        )
    }

    private static func field(_ name: String, of fields: [String: JSONFragment]) throws(TaskiqError) -> JSONFragment {
        guard let fragment = fields[name] else {
            throw TaskiqError(.malformed, "the message has no field \"\(name)\"")
        }
        return fragment
    }

    private static func text(_ name: String, of fields: [String: JSONFragment]) throws(TaskiqError) -> String {
        let fragment = try field(name, of: fields)
        guard let text = try? fragment.decode(String.self) else {
            throw TaskiqError(.malformed, "the message's field \"\(name)\" must be a string, found \(fragment)")
        }
        return text
    }

    private static func labels(of fields: [String: JSONFragment]) throws(TaskiqError) -> Labels {
        var types: [String: Int] = [:]
        if let fragment = fields["labels_types"], !fragment.isNull {
            var scanner = JSONScanner(fragment)
            try scanner.object { name, value throws(TaskiqError) in
                // Python coerces numeric strings.
                guard let type = (try? value.decode(Int.self)) ?? (try? value.decode(String.self)).flatMap({ Int($0) })
                else { throw TaskiqError(.malformed, "the type of label \"\(name)\" must be a number, found \(value)") }
                types[name] = type
            }
        }
        var entries: [Labels.Entry] = []
        var scanner = JSONScanner(try field("labels", of: fields))
        try scanner.object { name, value throws(TaskiqError) in
            let value = try LabelValue(wire: value, type: types[name], name: name)
            entries.append(Labels.Entry(name: name, value: value))
        }
        return Labels(entries)
    }
}
