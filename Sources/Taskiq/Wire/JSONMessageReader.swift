// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads a message object in one pass over the text; of a field that stands twice the later counts.
struct JSONMessageReader {
    private let data: [UInt8]
    private var taskID: Range<Int>?
    private var taskName: Range<Int>?
    private var args: [JSONFragment]?
    private var kwargs: [KeywordArguments.Argument]?
    private var labels: [Label]?
    private var types: [LabelKind] = []
    /// The first field that holds something else than it must, unless it comes again.
    private var misfits: [(field: Field, error: TaskiqError)] = []

    private struct Label {
        let key: JSONKeyRange
        let value: Range<Int>
    }

    private struct LabelKind {
        let key: JSONKeyRange
        let value: Range<Int>
    }

    static func message(_ data: [UInt8]) throws(TaskiqError) -> TaskiqMessage {
        try data.withUnsafeBufferPointer { (buffer) throws(TaskiqError) in
            var reader = JSONMessageReader(data)
            var cursor = JSONCursor(buffer, from: 0, to: buffer.count)
            try cursor.object { (cursor, key) throws(TaskiqError) in try reader.read(key, &cursor) }
            try cursor.expectEnd()
            return try reader.message(cursor)
        }
    }

    private init(_ data: [UInt8]) {
        self.data = data
    }

    // MARK: Scanning

    private enum Field: String {
        case taskID = "task_id"
        case taskName = "task_name"
        case labels
        case types = "labels_types"
        case args
        case kwargs
    }

    @inline(__always)
    private static func field(_ key: JSONKeyRange, _ cursor: JSONCursor) -> Field? {
        if key.isEscaped { return Field(rawValue: cursor.text(of: key)) }
        return switch key.range.count {
        case 4: cursor.equals(key, "args") ? .args : nil
        case 6: cursor.equals(key, "labels") ? .labels : cursor.equals(key, "kwargs") ? .kwargs : nil
        case 7: cursor.equals(key, "task_id") ? .taskID : nil
        case 9: cursor.equals(key, "task_name") ? .taskName : nil
        case 12: cursor.equals(key, "labels_types") ? .types : nil
        default: nil
        }
    }

    @inline(__always)
    private mutating func read(_ key: JSONKeyRange, _ cursor: inout JSONCursor) throws(TaskiqError) {
        guard let field = Self.field(key, cursor) else {
            _ = try cursor.value(depth: 1)
            return
        }
        if !misfits.isEmpty { misfits.removeAll { $0.field == field } }
        switch field {
        case .taskID: taskID = try cursor.value(depth: 1)
        case .taskName: taskName = try cursor.value(depth: 1)
        case .labels:
            var found: [Label] = []
            guard try isContainer("{", field, &cursor) else { return }
            try cursor.object { (cursor, key) throws(TaskiqError) in
                found.append(Label(key: key, value: try cursor.value(depth: 2)))
            }
            labels = found
        case .types:
            types = []
            if cursor.peek() == UInt8(ascii: "n") {
                _ = try cursor.value()
                return
            }
            var found: [LabelKind] = []
            guard try isContainer("{", field, &cursor) else { return }
            try cursor.object { (cursor, key) throws(TaskiqError) in
                found.append(LabelKind(key: key, value: try cursor.value(depth: 2)))
            }
            types = found
        case .args:
            var found: [JSONFragment] = []
            guard try isContainer("[", field, &cursor) else { return }
            try cursor.array { (cursor) throws(TaskiqError) in
                if found.isEmpty { found.reserveCapacity(4) }
                found.append(JSONFragment(trusting: data, range: try cursor.value(depth: 2)))
            }
            args = found
        case .kwargs:
            var found: [KeywordArguments.Argument] = []
            guard try isContainer("{", field, &cursor) else { return }
            try cursor.object { (cursor, key) throws(TaskiqError) in
                if found.isEmpty { found.reserveCapacity(4) }
                let value = JSONFragment(trusting: data, range: try cursor.value(depth: 2))
                found.append(KeywordArguments.Argument(cursor.text(of: key), value))
            }
            kwargs = found
        }
    }

    /// Whether the container that a field must hold comes next; anything else is stepped over and remembered.
    @inline(__always)
    private mutating func isContainer(
        _ opening: Unicode.Scalar,
        _ field: Field,
        _ cursor: inout JSONCursor
    ) throws(TaskiqError) -> Bool {
        if cursor.peek() == UInt8(ascii: opening) { return true }
        misfits.append((field, cursor.malformed(opening == "[" ? "expected an array" : "expected an object")))
        _ = try cursor.value(depth: 1)
        return false
    }

    // MARK: The message

    private func message(_ cursor: JSONCursor) throws(TaskiqError) -> TaskiqMessage {
        if let misfit = misfits.first { throw misfit.error }
        let id = try text("task_id", taskID)
        let name = try text("task_name", taskName)
        guard let labels else { throw Self.absent("labels") }
        guard let args else { throw Self.absent("args") }
        guard let kwargs else { throw Self.absent("kwargs") }
        return TaskiqMessage(
            taskID: TaskID(rawValue: id),
            taskName: TaskName(rawValue: name),
            labels: labels.isEmpty && types.isEmpty ? Labels() : try read(labels, cursor),
            args: args,
            kwargs: KeywordArguments(mostlyDistinct: kwargs)
        )
    }

    private static func absent(_ name: String) -> TaskiqError {
        TaskiqError(.malformed, "the message has no field \"\(name)\"")
    }

    private func text(_ name: String, _ range: Range<Int>?) throws(TaskiqError) -> String {
        guard let range else { throw Self.absent(name) }
        let fragment = JSONFragment(trusting: data, range: range)
        guard let text = fragment.stringValue() else {
            throw TaskiqError(.malformed, "the message's field \"\(name)\" must be a string, found \(fragment)")
        }
        return text
    }

    private func read(_ labels: [Label], _ cursor: JSONCursor) throws(TaskiqError) -> Labels {
        var entries: [Labels.Entry] = []
        entries.reserveCapacity(labels.count)
        // Mostly both are in the same order; else the types are looked up, in a table.
        if labels.count == types.count, zip(labels, types).allSatisfy({ cursor.equals($0.key, $1.key) }) {
            for (label, kind) in zip(labels, types) {
                let name = cursor.text(of: label.key)
                entries.append(try entry(name, label.value, type: try type(kind, name)))
            }
            return Labels(entries)
        }
        var table: [String: Int] = [:]
        for kind in types {
            let name = cursor.text(of: kind.key)
            table[name] = try type(kind, name)
        }
        for label in labels {
            let name = cursor.text(of: label.key)
            entries.append(try entry(name, label.value, type: table[name]))
        }
        return Labels(entries)
    }

    private func type(_ kind: LabelKind, _ name: String) throws(TaskiqError) -> Int {
        let value = JSONFragment(trusting: data, range: kind.value)
        // Python coerces numeric strings.
        guard let type = value.integerValue(Int.self, .strict) ?? value.stringValue().flatMap({ Int($0) }) else {
            throw TaskiqError(.malformed, "the type of label \"\(name)\" must be a number, found \(value)")
        }
        return type
    }

    /// Reads a label; text, which most are, needs no second look.
    private func entry(_ name: String, _ range: Range<Int>, type: Int?) throws(TaskiqError) -> Labels.Entry {
        let value = JSONFragment(trusting: data, range: range)
        if type == LabelType.string.rawValue, let text = value.stringValue() {
            return Labels.Entry(name: name, value: .string(text))
        }
        return Labels.Entry(name: name, value: try LabelValue(wire: value, type: type, name: name))
    }
}
