// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Writes a message object, its fields in Python's order.
enum JSONMessageWriter {
    /// The text of any message.
    ///
    /// - Throws: `TaskiqError` with code `unencodable` for fragments that are nested so deep that no reader would take
    ///   the message. What was encoded was looked at then; a fragment may come from anywhere.
    static func bytes(of message: TaskiqMessage) throws(TaskiqError) -> [UInt8] {
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
        let depth = bytes.withUnsafeBufferPointer { JSONWriter.depth(of: $0) }
        guard depth <= JSONScanner.maximumDepth else {
            throw TaskiqError(
                .unencodable,
                "task \"\(message.taskName)\": an argument or label is nested more than \(JSONOutput.maximumDepth) levels "
                    + "deep; flatten it, or send a part as text"
            )
        }
        return bytes
    }

    /// The text of a message whose names and labels need no escapes, as nearly all are; nil for others.
    static func plainBytes(of message: TaskiqMessage) -> [UInt8]? {
        guard let capacity = capacity(for: message) else { return nil }
        // Mostly on the stack, and copied once the length is known: to make an array by its capacity takes longer.
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { buffer in
            var text = PlainText(buffer)
            write(message, to: &text)
            return text.isComplete ? Array(UnsafeBufferPointer(rebasing: buffer[..<text.count])) : nil
        }
    }

    /// Room for the text if nothing in it needs escapes; nil where the size is not plain to see.
    @inline(__always)
    private static func capacity(for message: TaskiqMessage) -> Int? {
        let positional = message.positional
        guard let args = positional.isText ? positional.array.range.count : (positional.list.isEmpty ? 2 : nil),
            let kwargs = message.kwargs.text?.range.count ?? (message.kwargs.isEmpty ? 2 : nil)
        else { return nil }
        var size = 96 + args + kwargs + message.taskName.rawValue.utf8.count
        switch message.taskID.form {
        case .number: size += HexadecimalNumber.digitCount
        case .text(let id): size += id.utf8.count
        }
        for label in message.labels.entries {
            size += 2 * label.name.utf8.count + 16
            switch label.value {
            case .string(let text), .any(let text), .largeInt(let text): size += text.utf8.count
            case .int, .double, .bool: size += 32
            case .bytes, .json: return nil
            }
        }
        return size
    }

    @inline(__always)
    private static func write(_ message: TaskiqMessage, to text: inout PlainText) {
        text.literal(#"{"task_id":""#)
        switch message.taskID.form {
        case .number(let number): text.number(number)
        case .text(let id): text.string(id)
        }
        text.literal(#"","task_name":""#)
        text.string(message.taskName.rawValue)
        text.literal(#"","labels":{"#)
        var isFirst = true
        for label in message.labels.entries {
            text.key(label.name, &isFirst)
            text.byte("\"")
            text.string(label.value.text)
            text.byte("\"")
        }
        text.literal(#"},"labels_types":{"#)
        isFirst = true
        for label in message.labels.entries {
            text.key(label.name, &isFirst)
            text.digit(label.value.wireType)
        }
        text.literal(#"},"args":"#)
        if message.positional.isText { text.fragment(message.positional.array) } else { text.literal("[]") }
        text.literal(#","kwargs":"#)
        if let kwargs = message.kwargs.text { text.fragment(kwargs) } else { text.literal("{}") }
        text.literal("}")
    }
}

/// Text that grows in memory of a fixed size, and is incomplete once something does not fit or needs escapes.
private struct PlainText {
    private let target: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0
    private(set) var isComplete = true

    init(_ target: UnsafeMutableBufferPointer<UInt8>) {
        self.target = target
    }

    @inline(__always)
    private mutating func copy(_ source: UnsafeBufferPointer<UInt8>) {
        guard let from = source.baseAddress, let to = target.baseAddress, source.count <= target.count - count else {
            isComplete = isComplete && source.isEmpty
            return
        }
        JSONPlainText.copy(from, to: to + count, count: source.count)
        count += source.count
    }

    @inline(__always)
    mutating func literal(_ text: StaticString) { text.withUTF8Buffer { copy($0) } }

    @inline(__always)
    mutating func string(_ text: String) {
        let isPlain: Void? = text.utf8.withContiguousStorageIfAvailable { characters in
            isComplete = isComplete && JSONWriter.endOfPlainText(in: characters, from: 0) == characters.count
            copy(characters)
        }
        if isPlain == nil { isComplete = false }
    }

    @inline(__always)
    mutating func number(_ number: HexadecimalNumber) {
        guard let to = target.baseAddress, HexadecimalNumber.digitCount <= target.count - count else {
            isComplete = false
            return
        }
        number.write(to: UnsafeMutableRawPointer(to + count))
        count += HexadecimalNumber.digitCount
    }

    @inline(__always)
    mutating func byte(_ character: Unicode.Scalar) {
        guard let to = target.baseAddress, count < target.count else {
            isComplete = false
            return
        }
        to[count] = UInt8(ascii: character)
        count &+= 1
    }

    @inline(__always)
    mutating func key(_ key: String, _ isFirst: inout Bool) {
        if !isFirst { byte(",") }
        isFirst = false
        byte("\"")
        string(key)
        byte("\"")
        byte(":")
    }

    @inline(__always)
    mutating func digit(_ type: LabelType?) {
        switch type {
        case .any: byte("1")
        case .int: byte("2")
        case .string: byte("3")
        case .float: byte("4")
        case .bool: byte("5")
        case .bytes: byte("6")
        case nil: isComplete = false
        }
    }

    @inline(__always)
    mutating func fragment(_ fragment: JSONFragment) {
        fragment.storage.withUnsafeBufferPointer { copy(UnsafeBufferPointer(rebasing: $0[fragment.range])) }
    }
}
