// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Decodes the arguments of a message into a task's stored properties.
///
/// Keyword arguments go to the properties of that name. Positional ones, as Python senders use them, go to the
/// properties in the order of their declaration, which is the order in which a synthesised decoder asks for them.
enum TaskArguments {
    static func decode<Task: Decodable>(_ type: Task.Type, from message: TaskiqMessage) throws -> Task {
        let source = Source(message)
        do {
            let task = try Task(from: Decoding(source: source))
            try source.finish()
            return task
        } catch let error as DecodingError {
            throw source.invalid(readableDescription(of: error))
        }
    }

    /// What was given, and what has been asked for so far.
    final class Source {
        let message: TaskiqMessage
        private var asked: [String] = []

        init(_ message: TaskiqMessage) {
            self.message = message
        }

        func value(of name: String) throws -> JSONFragment? {
            let index: Int
            if let known = asked.firstIndex(of: name) {
                index = known
            } else {
                index = asked.count
                asked.append(name)
            }
            let keyword = message.kwargs[name]
            guard index < message.args.count else { return keyword }
            guard keyword == nil else { throw invalid("\"\(name)\" was given twice, by position and by name") }
            return message.args[index]
        }

        func finish() throws {
            guard message.args.count <= asked.count else {
                throw invalid("takes \(asked.count) positional argument(s), \(message.args.count) were given")
            }
            for argument in message.kwargs.arguments where !asked.contains(argument.name) {
                throw invalid("has no parameter \"\(argument.name)\"")
            }
        }

        func invalid(_ reason: String) -> TaskiqError {
            TaskiqError(.invalidArguments, "task \"\(message.taskName)\": \(reason)")
        }
    }

    private struct Decoding: Decoder {
        let source: Source
        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
            KeyedDecodingContainer(Container<Key>(source: source))
        }

        func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
            JSONUnkeyedContainer(elements: source.message.args, codingPath: [])
        }

        func singleValueContainer() throws -> any SingleValueDecodingContainer {
            let whole = JSONFragment(keywords: source.message.kwargs)
            return JSONSingleValueContainer(decoder: JSONFragmentDecoder(whole))
        }
    }

    private struct Container<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let source: Source
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { source.message.kwargs.arguments.compactMap { Key(stringValue: $0.name) } }

        func contains(_ key: Key) -> Bool {
            // A parameter given twice is found here and reported when it is read.
            do { return try source.value(of: key.stringValue) != nil } catch { return true }
        }

        func decodeNil(forKey key: Key) throws -> Bool {
            try source.value(of: key.stringValue)?.isNull ?? true
        }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try decoder(key).decode(type)
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type,
            forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> {
            try decoder(key).container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try decoder(key).unkeyedContainer()
        }

        func superDecoder() throws -> any Decoder { Decoding(source: source) }

        func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

        private func decoder(_ key: Key) throws -> JSONFragmentDecoder {
            guard let value = try source.value(of: key.stringValue) else {
                throw source.invalid("the argument \"\(key.stringValue)\" is missing")
            }
            return JSONFragmentDecoder(value, codingPath: [key])
        }
    }
}

extension JSONFragment {
    /// Keyword arguments as one JSON object.
    package init(keywords: KeywordArguments) {
        var bytes: [UInt8] = []
        let members = keywords.arguments.lazy.map { ($0.name, $0.value) }
        JSONWriter.write(object: members, to: &bytes) { value, bytes in JSONWriter.write(value, to: &bytes) }
        self.init(trusting: bytes)
    }
}

extension KeywordArguments {
    /// The members of a value that encodes as an object.
    init(encoding value: some Encodable) throws(TaskiqError) {
        try self.init(try JSONFragment(encoding: value))
    }
}
