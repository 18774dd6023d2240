// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The fields of a message object, found in one pass over the text; of a field that stands twice the later counts.
struct JSONMessageFields {
    /// A field that must hold a container: its content, or where something else stands.
    enum Container<Content> {
        case absent
        case content(Content)
        case misfit(TaskiqError)

        func get(_ name: String) throws(TaskiqError) -> Content {
            switch self {
            case .absent: throw TaskiqError(.malformed, "the message has no field \"\(name)\"")
            case .content(let content): return content
            case .misfit(let error): throw error
            }
        }
    }

    private typealias Member = (name: String, value: JSONFragment)

    private(set) var taskID: JSONFragment?
    private(set) var taskName: JSONFragment?
    private(set) var args: Container<[JSONFragment]> = .absent
    private(set) var kwargs: Container<[KeywordArguments.Argument]> = .absent
    private var labels: Container<[Member]> = .absent
    private var types: Container<[Member]> = .absent

    init(_ data: [UInt8]) throws(TaskiqError) {
        var fields = JSONMessageFields()
        var scanner = JSONScanner(data)
        try scanner.withCursor { (cursor) throws(TaskiqError) in
            try cursor.object { (cursor, key) throws(TaskiqError) in try fields.read(key, data, &cursor) }
            try cursor.expectEnd()
        }
        self = fields
    }

    private init() {}

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
    private mutating func read(
        _ key: JSONKeyRange,
        _ data: [UInt8],
        _ cursor: inout JSONCursor
    ) throws(TaskiqError) {
        switch Self.field(key, cursor) {
        case nil: _ = try cursor.value(depth: 1)
        case .taskID: taskID = JSONFragment(trusting: data, range: try cursor.value(depth: 1))
        case .taskName: taskName = JSONFragment(trusting: data, range: try cursor.value(depth: 1))
        case .labels: labels = try Self.members(data, &cursor) { ($0, $1) }
        case .kwargs: kwargs = try Self.members(data, &cursor) { KeywordArguments.Argument($0, $1) }
        case .types:
            if cursor.peek() == UInt8(ascii: "n") {
                _ = try cursor.value()
                types = .absent
            } else {
                types = try Self.members(data, &cursor) { ($0, $1) }
            }
        case .args:
            guard cursor.peek() == UInt8(ascii: "[") else {
                args = .misfit(cursor.malformed("expected an array"))
                _ = try cursor.value(depth: 1)
                return
            }
            var elements: [JSONFragment] = []
            try cursor.array { (cursor) throws(TaskiqError) in
                elements.append(JSONFragment(trusting: data, range: try cursor.value(depth: 2)))
            }
            args = .content(elements)
        }
    }

    @inline(__always)
    private static func members<Element>(
        _ data: [UInt8],
        _ cursor: inout JSONCursor,
        _ make: (String, JSONFragment) -> Element
    ) throws(TaskiqError) -> Container<[Element]> {
        guard cursor.peek() == UInt8(ascii: "{") else {
            let error = cursor.malformed("expected an object")
            _ = try cursor.value(depth: 1)
            return .misfit(error)
        }
        var elements: [Element] = []
        try cursor.object { (cursor, key) throws(TaskiqError) in
            let value = JSONFragment(trusting: data, range: try cursor.value(depth: 2))
            elements.append(make(cursor.text(of: key), value))
        }
        return .content(elements)
    }

    // MARK: Fields

    func text(_ name: String, _ fragment: JSONFragment?) throws(TaskiqError) -> String {
        guard let fragment else { throw TaskiqError(.malformed, "the message has no field \"\(name)\"") }
        guard let text = fragment.stringValue() else {
            throw TaskiqError(.malformed, "the message's field \"\(name)\" must be a string, found \(fragment)")
        }
        return text
    }

    func readLabels() throws(TaskiqError) -> Labels {
        let members = try labels.get("labels")
        var types: [Member] = []
        if case .absent = self.types {} else { types = try self.types.get("labels_types") }
        if members.isEmpty, types.isEmpty { return Labels() }
        var kinds: [(name: String, type: Int)] = []
        kinds.reserveCapacity(types.count)
        for (name, value) in types {
            // Python coerces numeric strings.
            guard let type = value.integerValue(Int.self, .strict) ?? value.stringValue().flatMap({ Int($0) }) else {
                throw TaskiqError(.malformed, "the type of label \"\(name)\" must be a number, found \(value)")
            }
            kinds.append((name, type))
        }
        // Mostly both are in the same order; else they are looked up, by a table if there are many.
        let isParallel = kinds.count == members.count && zip(kinds, members).allSatisfy { $0.name == $1.name }
        let table = isParallel ? [:] : Dictionary(kinds.map { ($0.name, $0.type) }) { $1 }
        var entries: [Labels.Entry] = []
        entries.reserveCapacity(members.count)
        for (index, member) in members.enumerated() {
            let type = isParallel ? kinds[index].type : table[member.name]
            let value = try Self.label(member.value, type: type, name: member.name)
            entries.append(Labels.Entry(name: member.name, value: value))
        }
        return Labels(entries)
    }

    /// Reads a label; the plain ones need no second look.
    private static func label(_ value: JSONFragment, type: Int?, name: String) throws(TaskiqError) -> LabelValue {
        if type == LabelType.string.rawValue, let text = value.stringValue() { return .string(text) }
        return try LabelValue(wire: value, type: type, name: name)
    }
}
