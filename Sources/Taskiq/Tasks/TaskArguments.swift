// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Decodes the arguments of a message into a task's stored properties.
///
/// Keyword arguments go to the properties of that name. Positional ones, as Python senders use them, go to the
/// properties in the order of their declaration, which is the order in which a synthesised decoder asks for them.
///
/// What neither gives has the default value that the task names, if any.
enum TaskArguments {
    static func decode<Task: Decodable>(
        _ type: Task.Type,
        from message: TaskiqMessage,
        defaults: KeywordArguments = [:]
    ) throws -> Task {
        let source = Source(message, defaults: defaults)
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
        fileprivate let message: TaskiqMessage
        fileprivate let defaults: KeywordArguments
        fileprivate let args: [JSONFragment]
        /// The parameters in the order in which they were asked for; kept only where it matters.
        fileprivate var asked: [String] = []
        fileprivate let keepsNames: Bool
        /// The keywords' text, read while they are asked for in the order in which they were given, as mostly they are.
        private let text: [UInt8]
        private let end: Int
        /// Where the text goes on.
        @exclusivity(unchecked) private var position = 0
        @exclusivity(unchecked) fileprivate var isInText: Bool
        /// The keywords one by one, when they are not read from the text.
        @exclusivity(unchecked) fileprivate var keywords: [KeywordArguments.Argument] = []
        /// Which of the first keywords were asked for, a bit each.
        @exclusivity(unchecked) fileprivate var used: UInt64 = 0
        /// The place of the keyword that is asked for next, most likely.
        @exclusivity(unchecked) fileprivate var expected = 0

        init(_ message: TaskiqMessage, defaults: KeywordArguments) {
            self.message = message
            self.defaults = defaults
            args = message.args
            keepsNames = !args.isEmpty || !defaults.isEmpty || message.kwargs.count > 64
            if !keepsNames, let object = message.kwargs.text {
                (text, end, isInText) = (object.storage, object.range.upperBound, true)
                position = object.range.lowerBound
            } else {
                (text, end, isInText) = ([], 0, false)
                keywords = message.kwargs.arguments
            }
        }

        /// Takes the next keyword from the text if it has this name; leaves the text for good if it has another.
        @inline(__always)
        fileprivate func nextInText(_ name: String) -> JSONFragment? {
            var name = name
            let found = name.withUTF8 { name in
                text.withUnsafeBufferPointer { bytes in
                    var cursor = JSONCursor(bytes, from: position, to: end)
                    return cursor.nextMember(name)
                }
            }
            guard let found else {
                leaveText()
                return nil
            }
            position = found.upperBound
            expected += 1
            return JSONFragment(trusting: text, range: found)
        }

        private func leaveText() {
            isInText = false
            keywords = message.kwargs.arguments
            used = (1 << UInt64(expected)) - 1
        }

        func finish() throws {
            if isInText {
                if expected == message.kwargs.count { return }
                leaveText()
            }
            if keepsNames {
                guard args.count <= asked.count else {
                    throw invalid(excessArguments(given: args.count, taken: asked.count))
                }
                if let stranger = defaults.arguments.first(where: { !asked.contains($0.name) }) {
                    throw invalid("has a default value for \"\(stranger.name)\", which is none of its parameters")
                }
                if let stranger = keywords.first(where: { !asked.contains($0.name) }) { throw unknown(stranger) }
            } else if used.nonzeroBitCount < keywords.count {
                throw unknown(keywords[(~used).trailingZeroBitCount])
            }
        }

        private func unknown(_ argument: KeywordArguments.Argument) -> TaskiqError {
            invalid("has no parameter \"\(argument.name)\"")
        }

        func invalid(_ reason: String) -> TaskiqError {
            TaskiqError(.invalidArguments, "task \"\(message.taskName)\": \(reason)")
        }

        fileprivate var arguments: KeywordArguments { message.kwargs }
    }

    private struct Decoding: Decoder {
        let source: Source
        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
            KeyedDecodingContainer(JSONKeyedContainer<Key, Source>(source: source))
        }

        func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
            let decoder = JSONFragmentDecoder(.null, conversion: .lax)
            return JSONUnkeyedContainer(elements: source.args, decoder: decoder)
        }

        func singleValueContainer() throws -> any SingleValueDecodingContainer {
            let whole = JSONFragment(keywords: source.arguments)
            return JSONSingleValueContainer(decoder: JSONFragmentDecoder(whole))
        }
    }
}

extension TaskArguments.Source: JSONMemberSource {
    var codingPath: [any CodingKey] { [] }
    var names: [String] { message.kwargs.arguments.map(\.name) }
    var conversion: Conversion { .lax }

    func member(_ name: String) throws -> JSONFragment? {
        if isInText, let value = nextInText(name) { return value }
        let place = place(of: name)
        if let place, place < 64 { used |= 1 << UInt64(place) }
        guard keepsNames else { return place.map { keywords[$0].value } }
        let index: Int
        if let known = asked.firstIndex(of: name) {
            index = known
        } else {
            index = asked.count
            asked.append(name)
        }
        guard index < args.count else { return place.map { keywords[$0].value } ?? defaults[name] }
        guard place == nil else { throw invalid("\"\(name)\" was given twice, by position and by name") }
        return args[index]
    }

    /// Mostly the keywords are in the order of the properties.
    @inline(__always)
    private func place(of name: String) -> Int? {
        if expected < keywords.count, keywords[expected].name == name {
            expected += 1
            return expected - 1
        }
        guard let place = keywords.firstIndex(where: { $0.name == name }) else { return nil }
        expected = place + 1
        return place
    }

    func isNil(_ key: some CodingKey) throws -> Bool {
        try member(key.stringValue)?.isNull ?? true
    }

    func decoder(of value: JSONFragment, for key: some CodingKey) -> JSONFragmentDecoder {
        JSONFragmentDecoder(value, conversion: .lax, key: key)
    }

    func absent(_ key: some CodingKey) -> any Error {
        invalid("the argument \"\(key.stringValue)\" is missing")
    }

    func superDecoder() -> any Decoder { TaskArguments.Decoding(source: self) }
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
        self = try JSONEncoding.members(of: value)
    }
}
