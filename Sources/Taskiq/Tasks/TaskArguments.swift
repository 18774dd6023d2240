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
        let source = message.argumentSource(defaults)
        do {
            let task = try Task(from: source)
            try source.finish()
            return task
        } catch let error as DecodingError {
            throw source.invalid(readableDescription(of: error))
        }
    }
}

/// What was given, and what has been asked for so far.
private final class TaskArgumentSource: JSONMemberSource, Decoder {
    private let taskName: TaskName
    private let defaults: KeywordArguments
    private let args: [JSONFragment]
    /// How many keywords were given.
    private let count: Int
    /// The parameters in the order in which they were asked for; kept only where it matters.
    private var asked: [String] = []
    private let keepsNames: Bool
    /// The keywords one by one, when they are not read from the text.
    @exclusivity(unchecked) private var keywords: [KeywordArguments.Argument] = []
    /// Which of the first keywords were asked for, a bit each.
    @exclusivity(unchecked) private var used: UInt64 = 0
    /// The place of the keyword that is asked for next, most likely.
    @exclusivity(unchecked) private var expected = 0

    init(_ taskName: TaskName, _ args: [JSONFragment], _ kwargs: KeywordArguments, defaults: KeywordArguments) {
        self.taskName = taskName
        self.defaults = defaults
        self.args = args
        count = kwargs.count
        keepsNames = !args.isEmpty || !defaults.isEmpty || count > 64
        let object = keepsNames ? nil : kwargs.text
        if object == nil { keywords = kwargs.arguments }
        super.init(inOrder: object)
    }

    private func leaveText() {
        guard isInOrder else { return }
        isInOrder = false
        keywords = object.flatMap { try? KeywordArguments($0).arguments } ?? []
        used = (1 << UInt64(taken)) - 1
        expected = taken
    }

    func finish() throws {
        if isInOrder, taken == count { return }
        leaveText()
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
        TaskiqError(.invalidArguments, "task \"\(taskName)\": \(reason)")
    }

    // MARK: Decoder

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(JSONKeyedContainer<Key>(source: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        JSONUnkeyedContainer(elements: args, decoder: JSONFragmentDecoder(.null, conversion: .lax))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        let whole = object ?? JSONFragment(keywords: KeywordArguments(keywords))
        return JSONSingleValueContainer(decoder: JSONFragmentDecoder(whole))
    }

    // MARK: Members

    override var names: [String] {
        let arguments = object.flatMap { try? KeywordArguments($0).arguments } ?? keywords
        return arguments.map(\.name)
    }

    override func member(_ name: String) throws -> JSONFragment? {
        if let value = nextFragment(name) { return value }
        leaveText()
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

    override func absent(_ key: some CodingKey) -> any Error {
        invalid("the argument \"\(key.stringValue)\" is missing")
    }

    override func superDecoder() -> any Decoder { self }
}

extension TaskiqMessage {
    fileprivate func argumentSource(_ defaults: KeywordArguments) -> TaskArgumentSource {
        TaskArgumentSource(taskName, args, kwargs, defaults: defaults)
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
        self = try JSONEncoding.members(of: value)
    }
}
