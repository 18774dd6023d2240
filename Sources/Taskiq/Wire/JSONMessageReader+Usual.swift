// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension JSONMessageReader {
    /// Reads a message whose fields stand in Python's order and whose names need no second look, as nearly all do; nil
    /// for any other message, and for what is none.
    @inline(__always)
    static func usualMessage(_ data: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>) -> TaskiqMessage? {
        var cursor = JSONCursor(bytes, from: 0, to: bytes.count)
        guard cursor.take(literal: #"{"task_id":"#), let taskID = cursor.takePlainString(),
            let (taskName, labels) = head(data, &cursor),
            let args = cursor.takeArguments(data),
            cursor.takeField(#""kwargs":"#), let kwargs = cursor.takeKeywords(data),
            cursor.take(UInt8(ascii: "}")), cursor.peek() == 0, cursor.position == bytes.count
        else { return nil }
        return TaskiqMessage(
            taskID: TaskID(utf8: cursor.content(of: taskID)),
            taskName: taskName,
            labels: labels,
            positional: args,
            kwargs: kwargs
        )
    }

    /// Takes the fields up to the arguments, of which the name and the labels are wanted.
    @inline(__always)
    private static func head(_ data: [UInt8], _ cursor: inout JSONCursor) -> (TaskName, Labels)? {
        let spare = JSONMessageHeads.spare
        let place = spare.begin()
        defer { spare.end(place) }
        let heads = spare.object(at: place)
        if let head = heads._withUnsafeGuaranteedRef({ $0.take(&cursor) }) { return (head.taskName, head.labels) }
        let start = cursor.position
        guard let (taskName, labels) = newHead(data, &cursor) else { return nil }
        heads._withUnsafeGuaranteedRef { $0.keep(taskName, labels, from: start, cursor) }
        return (taskName, labels)
    }

    private static func newHead(_ data: [UInt8], _ cursor: inout JSONCursor) -> (TaskName, Labels)? {
        guard cursor.takeField(#""task_name":"#), let taskName = cursor.takePlainString(),
            cursor.takeField(#""labels":"#), let labels = JSONLabelReader.usualLabels(data, &cursor),
            cursor.takeField(#""args":"#)
        else { return nil }
        return (TaskName(rawValue: cursor.text(of: taskName)), labels)
    }
}

extension JSONLabelReader {
    /// Reads labels and, in step with them, their types, which stand in the next field; nil unless all of it is as usual.
    fileprivate static func usualLabels(_ data: [UInt8], _ cursor: inout JSONCursor) -> Labels? {
        guard cursor.peek() == UInt8(ascii: "{") else { return nil }
        var values = cursor
        guard cursor.skipPlainObject() != nil || (try? cursor.value(depth: 1)) != nil,
            cursor.takeField(#""labels_types":"#),
            cursor.peek() == UInt8(ascii: "{")
        else { return nil }
        // Both are valid now, and are read without a second look at what stands between their parts.
        var kinds = cursor
        guard let count = cursor.skipPlainObject() else { return nil }
        var entries: [Labels.Entry] = []
        while let label = values.nextKey() {
            guard !label.isEscaped, entries.count < count, kinds.takeKey(values.content(of: label)),
                let type = kinds.takeSmallInteger(),
                let entry = usualEntry(values.text(of: label), data, &values, type)
            else { return nil }
            if entries.isEmpty { entries = [entry] } else { entries.append(entry) }
        }
        return entries.count == count ? Labels(mostlyDistinct: entries) : nil
    }

    @inline(__always)
    private static func usualEntry(
        _ name: String,
        _ data: [UInt8],
        _ values: inout JSONCursor,
        _ type: Int
    ) -> Labels.Entry? {
        if type == LabelType.string.rawValue, values.peek() == UInt8(ascii: "\"") {
            return (try? values.string()).map { Labels.Entry(name: name, value: .string($0)) }
        }
        guard let range = try? values.value(),
            let value = try? LabelValue(wire: JSONFragment(trusting: data, range: range), type: type, name: name)
        else { return nil }
        return Labels.Entry(name: name, value: value)
    }
}

extension JSONCursor {
    /// Takes a comma, and a key with its colon that must follow, to the letter.
    @inline(__always)
    fileprivate mutating func takeField(_ key: StaticString) -> Bool {
        guard take(UInt8(ascii: ",")) else { return false }
        _ = peek()
        return take(literal: key)
    }

    @inline(__always)
    fileprivate mutating func takeArguments(_ data: [UInt8]) -> PositionalArguments? {
        guard peek() == UInt8(ascii: "[") else { return nil }
        let start = position
        if take(literal: "[]") { return PositionalArguments([]) }
        guard skipPlainArray() || (try? value(depth: 1)) != nil else { return nil }
        return PositionalArguments(trusting: JSONFragment(trusting: data, range: start..<position))
    }

    @inline(__always)
    fileprivate mutating func takeKeywords(_ data: [UInt8]) -> KeywordArguments? {
        guard peek() == UInt8(ascii: "{") else { return nil }
        let start = position
        if let count = skipPlainObject() {
            let object = JSONFragment(trusting: data, range: start..<position)
            return KeywordArguments(trusting: object, count: count)
        }
        return try? JSONObjectShape(of: &self, depth: 1).keywords(in: data)
    }

    /// Takes a string of plain characters.
    @inline(__always)
    fileprivate mutating func takePlainString() -> JSONKeyRange? {
        guard peek() == UInt8(ascii: "\""), let text = try? stringRange(), !text.isEscaped else { return nil }
        return text
    }
}
