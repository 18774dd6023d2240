// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Encodes Swift values as compact JSON.
///
/// Containers may be filled in any order, so values are collected as nodes and written when all are there.
final class JSONEncoding: Encoder {
    /// One value in the making.
    final class Node {
        enum Content {
            case unset
            case fragment(JSONFragment)
            case array([Node])
            case object([(key: String, value: Node)])
        }

        var content: Content = .unset
        private var index = NameIndex()

        /// The node of a key.
        ///
        /// A key that is encoded twice keeps its place and takes the later value, unless a second container for it goes
        /// on where the first ended.
        func member(_ key: String, continuing: Bool = false) -> Node {
            guard case .object(var members) = content else { return Node() }
            // Taken out while it grows, so that it is not copied for each member.
            content = .unset
            defer { content = .object(members) }
            if let place = index.place(of: key, in: members, by: \.key) {
                if !continuing { members[place].value = Node() }
                return members[place].value
            }
            let child = Node()
            members.append((key, child))
            return child
        }
    }

    let node: Node
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(node: Node, codingPath: [any CodingKey]) {
        self.node = node
        self.codingPath = codingPath
    }

    static func bytes(of value: some Encodable) throws(TaskiqError) -> [UInt8] {
        var bytes: [UInt8] = []
        if write(scalar: value, to: &bytes) { return bytes }
        let node = Node()
        do {
            try encode(value, into: node, codingPath: [])
        } catch {
            throw TaskiqError(
                .unencodable,
                "cannot encode \(type(of: value)) as JSON: \(readableDescription(of: error))"
            )
        }
        write(node, to: &bytes)
        return bytes
    }

    static func encode(_ value: some Encodable, into node: Node, codingPath: [any CodingKey]) throws {
        var bytes: [UInt8] = []
        if write(scalar: value, to: &bytes) {
            node.content = .fragment(JSONFragment(trusting: bytes))
        } else {
            try value.encode(to: JSONEncoding(node: node, codingPath: codingPath))
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .object = node.content {} else { node.content = .object([]) }
        return KeyedEncodingContainer(JSONKeyedEncodingContainer<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .array = node.content {} else { node.content = .array([]) }
        return JSONUnkeyedEncodingContainer(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        JSONSingleValueEncodingContainer(node: node, codingPath: codingPath)
    }

    // MARK: Writing

    private static func write(scalar value: some Encodable, to bytes: inout [UInt8]) -> Bool {
        switch value {
        case let value as Int: bytes.append(contentsOf: value.description.utf8)
        case let value as String: JSONWriter.write(string: value, to: &bytes)
        case let value as Bool: bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
        case let value as Double: JSONWriter.write(double: value, to: &bytes)
        case let value as JSONFragment: JSONWriter.write(value, to: &bytes)
        default: return false
        }
        return true
    }

    private static func write(_ node: Node, to bytes: inout [UInt8]) {
        switch node.content {
        // A value that encoded nothing at all is an empty object, as in Foundation's encoder.
        case .unset: bytes.append(contentsOf: "{}".utf8)
        case .fragment(let fragment): JSONWriter.write(fragment, to: &bytes)
        case .array(let nodes):
            bytes.append(UInt8(ascii: "["))
            for (index, node) in nodes.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(node, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            JSONWriter.write(object: members.lazy.map { ($0.key, $0.value) }, to: &bytes, value: write)
        }
    }
}
