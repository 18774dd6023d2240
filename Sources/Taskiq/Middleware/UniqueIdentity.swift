// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What makes two messages the same task: the task's name, and as much of the rest as counts.
///
/// Arguments are compared by value: neither the order of keyword arguments and object members nor white space and
/// escapes matter; numbers are the same when their digits are (`1` is not `1.0`). An argument given by position is
/// another than the same one given by name, since the sender need not know the parameters' names.
public struct UniqueIdentity: Sendable, Hashable {
    /// Whether the positional arguments count.
    public var args: Bool
    /// Whether the keyword arguments count.
    public var kwargs: Bool
    /// The names of the labels that count.
    public var labels: [String]

    /// Says what counts.
    ///
    /// - Parameters:
    ///   - args: whether the positional arguments count.
    ///   - kwargs: whether the keyword arguments count.
    ///   - labels: the names of the labels that count.
    public init(args: Bool = true, kwargs: Bool = true, labels: [String] = []) {
        self.args = args
        self.kwargs = kwargs
        self.labels = labels
    }

    /// The key of a message: the same text for messages that are the same task, and another for any other.
    func key(of message: TaskiqMessage) throws -> String {
        var bytes: [UInt8] = []
        JSONWriter.write(string: message.taskName.rawValue, to: &bytes)
        if args {
            bytes.append(UInt8(ascii: "["))
            for argument in message.args {
                try Self.write(argument, to: &bytes)
                bytes.append(UInt8(ascii: ","))
            }
            bytes.append(UInt8(ascii: "]"))
        }
        if kwargs {
            try Self.write(message.kwargs.arguments.map { ($0.name, $0.value) }, to: &bytes)
        }
        for name in labels.sorted() {
            JSONWriter.write(string: name, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            if let value = message.labels[name] { JSONWriter.write(string: value.text, to: &bytes) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func write(_ fragment: JSONFragment, to bytes: inout [UInt8]) throws {
        let decoder = JSONFragmentDecoder(fragment)
        switch decoder.kind {
        // The digits as they are: as numbers, large ones would become equal.
        case .null, .bool, .number: bytes.append(contentsOf: fragment.bytes)
        case .string: JSONWriter.write(string: try decoder.string(), to: &bytes)
        case .array:
            bytes.append(UInt8(ascii: "["))
            for element in try decoder.elements() {
                try write(element, to: &bytes)
                bytes.append(UInt8(ascii: ","))
            }
            bytes.append(UInt8(ascii: "]"))
        case .object:
            var members: [String: JSONFragment] = [:]
            var scanner = JSONScanner(fragment)
            // Of two members with one name the last counts, as for Python.
            try scanner.object { name, value in members[name] = value }
            try write(members.map { ($0.key, $0.value) }, to: &bytes)
        }
    }

    private static func write(_ members: [(String, JSONFragment)], to bytes: inout [UInt8]) throws {
        bytes.append(UInt8(ascii: "{"))
        for (name, value) in members.sorted(by: { $0.0 < $1.0 }) {
            JSONWriter.write(string: name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            try write(value, to: &bytes)
            bytes.append(UInt8(ascii: ","))
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
