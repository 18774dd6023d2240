// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The text that an encoding writes, and the values in it that are not finished.
final class JSONOutput: Reusable {
    enum Form {
        case unset, scalar, object, array
    }

    /// A value whose end is not written yet.
    ///
    /// It holds nothing that is counted, so that to open and close one is cheap.
    private struct Level {
        let start: Int
        /// Whose value it is, where that can need the tree.
        var type: ObjectIdentifier?
        var form = Form.unset
        var count = 0
        var keys = JSONKeyShapes()
        var needsTree = false
    }

    /// What is kept of values that stand in one another, and of objects of very many members.
    private final class Surroundings {
        /// The open values around the innermost, the outermost first.
        @exclusivity(unchecked) var levels: [Level] = []
        /// The keys of all open values but the outermost, which has none.
        @exclusivity(unchecked) var path: [(any CodingKey)?] = []
        /// The names that objects of very many members have so far, by the depth of the object.
        @exclusivity(unchecked) var names: [Int: Set<String>] = [:]
    }

    // Objects of more members get a set of their names; in others the text is searched for a key that looks like another.
    private static let longestSearch = 16

    // One encoding is done by one caller from beginning to end, so that the run-time checks of overlapping access, which
    // would be a fifth of the cost, are left out.
    @exclusivity(unchecked) private var text: JSONBuffer
    /// The innermost open value, if one is open.
    @exclusivity(unchecked) private var current = Level(start: 0)
    @exclusivity(unchecked) private var depth = 0
    /// Most arguments do without.
    @exclusivity(unchecked) private var surroundings: Surroundings?
    /// The path of the value that is written first.
    private let path: [any CodingKey]
    /// How many members the outermost value has, if it is an object that was written in order.
    @exclusivity(unchecked) private(set) var memberCount: Int?
    /// The types whose values go into trees at once; made when there is one.
    @exclusivity(unchecked) private var treeTypes: JSONTreeTypes?
    /// Those of the outermost value.
    @exclusivity(unchecked) private var containers = LentContainers()
    /// How deep the text may be nested as far as the open values tell, which count neither trees nor fragments.
    @exclusivity(unchecked) private var deepest = 0

    convenience init() {
        self.init(path: [])
    }

    init(path: [any CodingKey], treeTypes: JSONTreeTypes? = nil) {
        text = JSONBuffer()
        self.path = path
        self.treeTypes = treeTypes
    }

    /// Lends an output to be used from beginning to end; what the closure keeps of the text is a copy.
    @inline(__always)
    static func lend<Value>(_ body: (JSONOutput) throws(TaskiqError) -> Value) throws(TaskiqError) -> Value {
        let spare = spare
        let place = spare.begin()
        defer { spare.end(place) }
        return try spare.object(at: place)
            ._withUnsafeGuaranteedRef { output in
                if place.pointee.isKept { output.containers.open() }
                return Result { () throws(TaskiqError) in try body(output) }
            }.get()
    }

    private static let spare = SpareObject<JSONOutput>()

    /// The text so far.
    var bytes: [UInt8] { text.bytes }

    /// Lends the text so far.
    func withText(_ body: (UnsafeBufferPointer<UInt8>) -> Void) { text.withBytes(body) }

    func path(to level: Int) -> [any CodingKey] {
        path + (surroundings?.path.prefix(max(0, level - 1)).compactMap { $0 } ?? [])
    }

    // MARK: Values

    /// Writes one value of any type.
    func write<Value: Encodable>(_ value: Value, key: (any CodingKey)?) throws {
        if JSONWriter.write(basic: value, to: &text) { return }
        if let value = value as? any WireEncodable {
            push(Level(start: text.count, form: .scalar), key)
            defer { pop() }
            try value.write(to: self)
        } else {
            try writeEncoded(value, key: key)
        }
    }

    /// Writes a value as its own conformance would have it.
    func writeEncoded<Value: Encodable>(_ value: Value, key: (any CodingKey)?) throws {
        guard path.count + depth < Self.maximumOpenValues else { throw tooDeep }
        let start = text.count
        let type = ObjectIdentifier(Value.self)
        push(Level(start: start, type: type), key)
        defer { pop() }
        if let treeTypes, treeTypes.contains(type) { return try writeTree(of: value, treeTypes) }
        try value.encode(to: JSONEncoding(output: self, level: depth))
        if current.needsTree {
            text.removeAll(after: start)
            return try writeTree(of: value, sharedTreeTypes)
        }
        switch current.form {
        case .scalar: break
        case .array: text.append(UInt8(ascii: "]"))
        case .object:
            if depth == 1 { memberCount = current.count }
            text.append(UInt8(ascii: "}"))
        // A value that encoded nothing at all is an empty object, as in Foundation's encoder.
        case .unset: JSONWriter.write(literal: "{}", to: &text)
        }
    }

    private func writeTree(of value: some Encodable, _ treeTypes: JSONTreeTypes) throws {
        deepest = .max
        let node = JSONTreeEncoding.Node(treeTypes)
        try value.encode(to: JSONTreeEncoding(node: node, codingPath: codingPath))
        var bytes: [UInt8] = []
        node.write(to: &bytes)
        bytes.withUnsafeBufferPointer { text.append($0) }
    }

    /// What all outputs of this encoding know of types that need trees.
    var sharedTreeTypes: JSONTreeTypes {
        if let treeTypes { return treeTypes }
        let types = JSONTreeTypes()
        treeTypes = types
        return types
    }

    /// Writes an object whose members the closure writes, each by one call.
    func writeObject(_ body: ((_ key: String, _ value: any Encodable) throws -> Void) throws -> Void) throws {
        text.append(UInt8(ascii: "{"))
        var isFirst = true
        try body { key, value in
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            write(key)
            text.append(UInt8(ascii: ":"))
            try write(value, key: JSONName(stringValue: key))
        }
        text.append(UInt8(ascii: "}"))
    }

    /// The path of the value that is being written.
    var codingPath: [any CodingKey] { path(to: depth) }

    @inline(__always)
    private func push(_ level: Level, _ key: (any CodingKey)?) {
        // The outermost needs no list.
        if depth > 0 { nest(key) }
        depth += 1
        if depth > deepest { deepest = depth }
        current = level
    }

    private func nest(_ key: (any CodingKey)?) {
        let surroundings = ownSurroundings
        surroundings.levels.append(current)
        surroundings.path.append(key)
    }

    @inline(__always)
    private func pop() {
        if let surroundings { leave(surroundings) }
        depth -= 1
    }

    private func leave(_ surroundings: Surroundings) {
        if !surroundings.names.isEmpty { surroundings.names[depth] = nil }
        guard let level = surroundings.levels.popLast() else { return }
        surroundings.path.removeLast()
        current = level
    }

    private var ownSurroundings: Surroundings {
        if let surroundings { return surroundings }
        let made = Surroundings()
        surroundings = made
        return made
    }

    // MARK: Containers

    /// Opens a container, or goes on with it; false if the value cannot be written in order.
    func open(_ form: Form, at level: Int) -> Bool {
        guard level == depth else {
            needTree(at: level)
            return false
        }
        if current.form == form { return true }
        guard current.form == .unset else { return false }
        current.form = form
        text.append(form == .object ? UInt8(ascii: "{") : UInt8(ascii: "["))
        return true
    }

    /// Has a value start anew as a tree, because something of it came out of order.
    func needTree(at level: Int) {
        if level == depth {
            current.needsTree = true
            current.type.map(sharedTreeTypes.insert)
        } else if level < depth {
            surroundings?.levels[level - 1].needsTree = true
            surroundings?.levels[level - 1].type.map(sharedTreeTypes.insert)
        }
    }

    /// The container of an open object.
    func container<Key: CodingKey>(keyedBy type: Key.Type, at level: Int) -> KeyedEncodingContainer<Key> {
        guard level == 1, let lent = containers.lend(keyedBy: ObjectIdentifier(Key.self)) else {
            return newContainer(keyedBy: type, at: level)
        }
        return lent._withUnsafeGuaranteedRef { $0.container(as: KeyedEncodingContainer<Key>.self) }
    }

    private func newContainer<Key: CodingKey>(keyedBy type: Key.Type, at level: Int) -> KeyedEncodingContainer<Key> {
        guard level == 1 else { return JSONContainers.encoding(keyedBy: type, self, level, isHeld: true) }
        return containers.lendNew(keyedBy: ObjectIdentifier(Key.self)) { isHeld in
            JSONContainers.encoding(keyedBy: type, self, level, isHeld: isHeld)
        }
    }

    func count(at level: Int) -> Int {
        level == depth ? current.count : level < depth ? surroundings?.levels[level - 1].count ?? 0 : 0
    }

    /// Writes what stands before a member's value.
    func beginMember(_ key: String, at level: Int) {
        guard level == depth else {
            needTree(at: level)
            return
        }
        let index = current.count
        current.count = index + 1
        var spelling = key
        let (isDistinct, isWritten) = spelling.withUTF8 { name in
            let isDistinct = current.keys.insert(name) && index < Self.longestSearch
            let isPlain = JSONWriter.endOfPlainText(in: name, from: 0) == name.count
            // A key that may stand there already is looked for in the text so far.
            guard isDistinct, isPlain else { return (isDistinct, false) }
            text.append(key: name, isFirst: index == 0)
            return (true, true)
        }
        if !isWritten { beginUnusualMember(key, index, isDistinct: isDistinct) }
    }

    private func beginUnusualMember(_ key: String, _ index: Int, isDistinct: Bool) {
        if !isDistinct, isRepeated(key, index) { needTree(at: depth) }
        if index > 0 { text.append(UInt8(ascii: ",")) }
        JSONWriter.write(string: key, to: &text)
        text.append(UInt8(ascii: ":"))
    }

    /// Whether the object has a key already; of very many, the names are kept.
    private func isRepeated(_ key: String, _ index: Int) -> Bool {
        guard index >= Self.longestSearch else { return text.keys(from: current.start).contains(key) }
        let surroundings = ownSurroundings
        return !surroundings.names[depth, default: Set(text.keys(from: current.start))].insert(key).inserted
    }

    /// Writes what stands before an element.
    @inline(__always)
    func beginElement(at level: Int) {
        guard level == depth else {
            needTree(at: level)
            return
        }
        if current.count > 0 { text.append(UInt8(ascii: ",")) }
        current.count += 1
    }

    /// Says that the value of a level is a single one, which is written next.
    func beginScalar(at level: Int) {
        guard level == depth, current.form == .unset else { return needTree(at: level) }
        current.form = .scalar
    }

    // MARK: Scalars

    func writeNull() { JSONWriter.write(literal: "null", to: &text) }

    func write(_ value: Bool) { JSONWriter.write(literal: value ? "true" : "false", to: &text) }

    func write(_ value: String) { JSONWriter.write(string: value, to: &text) }

    func write(_ value: Double) { JSONWriter.write(double: value, to: &text) }

    func write(_ value: Float) { write(plain: value.isFinite ? value.description : "null") }

    func write(_ value: Int) { JSONWriter.write(integer: value, to: &text) }

    func write(_ value: some FixedWidthInteger) {
        if let value = Int(exactly: value) { write(value) } else { write(plain: "\(value)") }
    }

    func write(_ value: JSONFragment) {
        deepest = .max
        JSONWriter.write(value, to: &text)
    }

    /// Writes text that is JSON already.
    func write(plain text: String) { JSONWriter.write(plain: text, to: &self.text) }

    // MARK: Reuse

    func end() { containers.close(of: self) }

    func clear() {
        text.clear()
        (depth, deepest, memberCount, surroundings, treeTypes) = (0, 0, nil, nil, nil)
    }

    // MARK: Depth

    /// Arguments stand two levels deep in their message, and who reads it stops at `JSONScanner.maximumDepth`.
    static let maximumDepth = JSONScanner.maximumDepth - 2
    /// So many open values are too deep whatever they write, a level of text taking a few of them: a value that holds
    /// itself ends here, and not at the end of the stack.
    private static let maximumOpenValues = 4 * JSONScanner.maximumDepth

    /// Refuses text that no reader of a message would take.
    func checkDepth() throws {
        // Arrays of plain values are one level more than there are open values; and each level takes two bytes.
        guard deepest >= Self.maximumDepth, text.count > 2 * Self.maximumDepth else { return }
        guard text.withBytes({ JSONWriter.depth(of: $0) }) > Self.maximumDepth else { return }
        throw tooDeep
    }

    private var tooDeep: EncodingError {
        .invalidValue(
            self,
            .init(
                codingPath: [],
                debugDescription:
                    "the value is nested more than \(Self.maximumDepth) levels deep; flatten it, or send a part as text"
            )
        )
    }
}
