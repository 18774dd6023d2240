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
        let spare = TaskArgumentSource.spare
        let place = spare.begin()
        // Whoever has kept the decoder, or a container of it, keeps the source with it.
        defer { spare.end(place) }
        let source = spare.object(at: place)
        source._withUnsafeGuaranteedRef { $0.begin(with: message, defaults, lendsContainers: place.pointee.isKept) }
        do {
            let task = try Task(from: source.takeUnretainedValue())
            try source._withUnsafeGuaranteedRef { try $0.finish() }
            return task
        } catch {
            throw source.takeUnretainedValue().named(error)
        }
    }
}

/// What was given, and what has been asked for so far.
private final class TaskArgumentSource: JSONMemberSource, Decoder, Reusable {
    static let spare = SpareObject<TaskArgumentSource>()

    @exclusivity(unchecked) private var taskName: TaskName = ""
    /// The keywords, while they are taken in order.
    @exclusivity(unchecked) private var object: JSONFragment?
    // A copy: to hold an array while looking into it takes longer, for each member, than to copy a short text once.
    @exclusivity(unchecked) private var text = JSONBuffer()
    /// How many keywords there are.
    @exclusivity(unchecked) private var count = 0
    /// The arguments one by one, when they are not taken in order.
    @exclusivity(unchecked) private var list: TaskArgumentList?

    @exclusivity(unchecked) private var containers = LentContainers()

    func begin(with message: TaskiqMessage, _ defaults: KeywordArguments, lendsContainers: Bool) {
        if lendsContainers { containers.open() }
        // Mostly it is that of the last use, and equal at the first look; a name in another spelling has another length.
        if taskName != message.taskName || taskName.rawValue.utf8.count != message.taskName.rawValue.utf8.count {
            taskName = message.taskName
        }
        count = message.kwargs.count
        if let object = message.keywordsInOrder(defaults) {
            self.object = object
            text.clear()
            text.append(object)
            text.withBytes { beginInOrder($0) }
        } else {
            list = TaskArgumentList(message, defaults)
            leaveOrder()
        }
    }

    func end() { containers.close(of: self) }

    func clear() { (object, list) = (nil, nil) }

    func finish() throws {
        if isInOrder, taken == count { return }
        let list = leaveText()
        do { try list.finish() } catch { throw invalid(error.reason) }
    }

    private func leaveText() -> TaskArgumentList {
        if let list { return list }
        let list = TaskArgumentList(keywords: keywords, taken: taken)
        leaveOrder()
        self.list = list
        return list
    }

    private var keywords: [KeywordArguments.Argument] {
        list?.keywords ?? object.flatMap { try? KeywordArguments($0).arguments } ?? []
    }

    /// An error of a decoder as one of this task.
    func named(_ error: any Error) -> any Error {
        (error as? DecodingError).map { invalid(readableDescription(of: $0)) } ?? error
    }

    private func invalid(_ reason: String) -> TaskiqError {
        TaskiqError(.invalidArguments, "task \"\(taskName)\": \(reason)")
    }

    // MARK: Decoder

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let lent = containers.lend(keyedBy: ObjectIdentifier(Key.self)) else {
            return containers.lendNew(keyedBy: ObjectIdentifier(Key.self)) { isHeld in
                JSONContainers.decoding(keyedBy: type, self, isHeld: isHeld)
            }
        }
        return lent._withUnsafeGuaranteedRef { $0.container(as: KeyedDecodingContainer<Key>.self) }
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        JSONUnkeyedContainer(elements: list?.args ?? [], decoder: JSONFragmentDecoder(.null, conversion: .lax))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        let whole = object ?? JSONFragment(keywords: KeywordArguments(keywords))
        return JSONSingleValueContainer(decoder: JSONFragmentDecoder(whole))
    }

    // MARK: Members

    override var names: [String] { keywords.map(\.name) }

    override func member(_ name: String) throws -> JSONFragment? {
        if let place = nextValue(name), let object {
            let start = object.range.lowerBound
            return JSONFragment(trusting: object.storage, range: start + place.lowerBound..<start + place.upperBound)
        }
        let list = leaveText()
        do { return try list.value(of: name) } catch { throw invalid(error.reason) }
    }

    override func absent(_ key: some CodingKey) -> any Error {
        invalid("the argument \"\(key.stringValue)\" is missing")
    }

    override func superDecoder() -> any Decoder { self }
}

extension TaskiqMessage {
    /// The keywords as one text, if a task may take them in order and nothing else matters.
    @inline(__always)
    fileprivate func keywordsInOrder(_ defaults: KeywordArguments) -> JSONFragment? {
        positional.isEmpty && defaults.isEmpty && kwargs.count <= TaskArgumentList.mostInOrder ? kwargs.text : nil
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
