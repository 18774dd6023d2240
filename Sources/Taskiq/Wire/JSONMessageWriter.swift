// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Writes a message object, its fields in Python's order.
enum JSONMessageWriter {
    /// The text of any message.
    static func bytes(of message: TaskiqMessage) -> [UInt8] {
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
        return bytes
    }

    /// The text of a message whose names and labels need no escapes, as nearly all are; nil for others.
    ///
    /// Its size is known beforehand, and it is copied together in one go.
    static func plainBytes(of message: TaskiqMessage) -> [UInt8]? {
        var size = PlainSize()
        visit(message, &size)
        guard size.isPlain else { return nil }
        return [UInt8](unsafeUninitializedCapacity: size.count) { buffer, count in
            var copy = PlainCopy(buffer)
            visit(message, &copy)
            count = copy.count
        }
    }

    @inline(__always)
    private static func visit(_ message: TaskiqMessage, _ visitor: inout some PlainVisitor) {
        visitor.literal(#"{"task_id":""#)
        visitor.text(message.taskID.rawValue)
        visitor.literal(#"","task_name":""#)
        visitor.text(message.taskName.rawValue)
        visitor.literal(#"","labels":{"#)
        let labels = message.labels.entries
        var isFirst = true
        for label in labels {
            visitor.key(label.name, &isFirst)
            if case .json(let fragment) = label.value {
                visitor.fragment(fragment)
            } else {
                visitor.literal("\"")
                visitor.text(label.value.text)
                visitor.literal("\"")
            }
        }
        visitor.literal(#"},"labels_types":{"#)
        isFirst = true
        for label in labels {
            guard let type = label.value.wireType else { continue }
            visitor.key(label.name, &isFirst)
            visitor.digit(type.rawValue)
        }
        visitor.literal(#"},"args":["#)
        isFirst = true
        for argument in message.args {
            if !isFirst { visitor.literal(",") }
            isFirst = false
            visitor.fragment(argument)
        }
        visitor.literal(#"],"kwargs":{"#)
        isFirst = true
        for argument in message.kwargs.arguments {
            visitor.key(argument.name, &isFirst)
            visitor.fragment(argument.value)
        }
        visitor.literal("}}")
    }
}

/// Is shown the parts of a message's text one after the other.
private protocol PlainVisitor {
    mutating func literal(_ text: StaticString)
    mutating func text(_ text: String)
    mutating func fragment(_ fragment: JSONFragment)
    /// A label's type number, which has one digit.
    mutating func digit(_ digit: Int)
}

extension PlainVisitor {
    @inline(__always)
    fileprivate mutating func key(_ key: String, _ isFirst: inout Bool) {
        literal(isFirst ? "\"" : ",\"")
        isFirst = false
        text(key)
        literal("\":")
    }
}

private struct PlainSize: PlainVisitor {
    var count = 0
    var isPlain = true

    @inline(__always)
    mutating func literal(_ text: StaticString) { count += text.utf8CodeUnitCount }

    @inline(__always)
    mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { characters in
            count += characters.count
            isPlain = isPlain && JSONWriter.endOfPlainText(in: characters, from: 0) == characters.count
        }
    }

    @inline(__always)
    mutating func fragment(_ fragment: JSONFragment) { count += fragment.range.count }

    @inline(__always)
    mutating func digit(_ digit: Int) {
        count += 1
        isPlain = isPlain && (0...9).contains(digit)
    }
}

/// Copies what was measured before; what would not fit is left out.
private struct PlainCopy: PlainVisitor {
    private let target: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ target: UnsafeMutableBufferPointer<UInt8>) {
        self.target = target
    }

    @inline(__always)
    private mutating func copy(_ source: UnsafeBufferPointer<UInt8>) {
        guard let from = source.baseAddress, let to = target.baseAddress, count + source.count <= target.count else {
            return
        }
        (to + count).initialize(from: from, count: source.count)
        count += source.count
    }

    @inline(__always)
    mutating func literal(_ text: StaticString) { text.withUTF8Buffer { copy($0) } }

    @inline(__always)
    mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { copy($0) }
    }

    @inline(__always)
    mutating func fragment(_ fragment: JSONFragment) {
        fragment.storage.withUnsafeBufferPointer { copy(UnsafeBufferPointer(rebasing: $0[fragment.range])) }
    }

    @inline(__always)
    mutating func digit(_ digit: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { buffer in
            buffer.initializeElement(at: 0, to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
            copy(UnsafeBufferPointer(buffer))
        }
    }
}
