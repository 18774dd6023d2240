// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads a message object, whatever the order of its fields, in one pass over the text; of a field that stands twice the later counts.
struct JSONMessageReader {
    private let data: [UInt8]
    private var taskID: JSONKeyRange?
    private var taskName: JSONKeyRange?
    private var labels: Range<Int>?
    private var types: Range<Int>?
    private var args: Range<Int>?
    private var kwargs: JSONObjectShape?
    /// The first field that holds something else than it must, unless it comes again.
    private var misfits: [(field: Field, error: TaskiqError)] = []

    static func message(_ data: [UInt8]) throws(TaskiqError) -> TaskiqMessage {
        try data.withUnsafeBufferPointer { (buffer) throws(TaskiqError) in
            if let message = usualMessage(data, buffer) { return message }
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
        case .taskID: taskID = try text(field, &cursor)
        case .taskName: taskName = try text(field, &cursor)
        case .labels: labels = try container("{", field, &cursor)
        case .types:
            types = nil
            if cursor.peek() == UInt8(ascii: "n") {
                _ = try cursor.value()
                return
            }
            types = try container("{", field, &cursor)
        case .args: args = try container("[", field, &cursor)
        case .kwargs:
            guard try isContainer("{", field, &cursor) else { return }
            kwargs = try JSONObjectShape(of: &cursor, depth: 1)
        }
    }

    @inline(__always)
    private mutating func text(_ field: Field, _ cursor: inout JSONCursor) throws(TaskiqError) -> JSONKeyRange? {
        if cursor.peek() == UInt8(ascii: "\"") { return try cursor.stringRange() }
        let found = JSONFragment(trusting: data, range: try cursor.value(depth: 1))
        let reason = "the message's field \"\(field.rawValue)\" must be a string, found \(found)"
        misfits.append((field, TaskiqError(.malformed, reason)))
        return nil
    }

    @inline(__always)
    private mutating func container(
        _ opening: Unicode.Scalar,
        _ field: Field,
        _ cursor: inout JSONCursor
    ) throws(TaskiqError) -> Range<Int>? {
        try isContainer(opening, field, &cursor) ? try cursor.value(depth: 1) : nil
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
        guard let taskID else { throw Self.absent("task_id") }
        guard let taskName else { throw Self.absent("task_name") }
        guard let labels else { throw Self.absent("labels") }
        guard let args else { throw Self.absent("args") }
        guard let kwargs else { throw Self.absent("kwargs") }
        return TaskiqMessage(
            taskID: TaskID(rawValue: cursor.text(of: taskID)),
            taskName: TaskName(rawValue: cursor.text(of: taskName)),
            labels: try JSONLabelReader(data, cursor).labels(labels, types: types),
            positional: PositionalArguments(trusting: JSONFragment(trusting: data, range: args)),
            kwargs: try kwargs.keywords(in: data)
        )
    }

    private static func absent(_ name: String) -> TaskiqError {
        TaskiqError(.malformed, "the message has no field \"\(name)\"")
    }
}
