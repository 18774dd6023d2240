// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Encodes a value whose containers are filled in any order: its parts are collected as nodes and written when all are
/// there.
final class JSONTreeEncoding: Encoder {
    /// One value in the making.
    final class Node {
        enum Content {
            case unset
            case fragment(JSONFragment)
            case array([Node])
            case object([(key: String, value: Node)])
        }

        var content: Content = .unset
        let treeTypes: JSONTreeTypes
        private var index = NameIndex()

        init(_ treeTypes: JSONTreeTypes) {
            self.treeTypes = treeTypes
        }

        /// The node of a key.
        ///
        /// A key that is encoded twice keeps its place and takes the later value, unless a second container for it goes
        /// on where the first ended.
        func member(_ key: String, continuing: Bool = false) -> Node {
            guard case .object(var members) = content else { return Node(treeTypes) }
            // Taken out while it grows, so that it is not copied for each member.
            content = .unset
            defer { content = .object(members) }
            if let place = index.place(of: key, in: members, by: \.key) {
                if !continuing { members[place].value = Node(treeTypes) }
                return members[place].value
            }
            let child = Node(treeTypes)
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

    /// What is inside is in order again, as far as it can be.
    static func encode(_ value: some Encodable, into node: Node, codingPath: [any CodingKey]) throws {
        let output = JSONOutput(path: codingPath, treeTypes: node.treeTypes)
        try output.write(value, key: nil)
        node.content = .fragment(JSONFragment(trusting: output.bytes))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .object = node.content {} else { node.content = .object([]) }
        return KeyedEncodingContainer(JSONTreeKeyedContainer<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .array = node.content {} else { node.content = .array([]) }
        return JSONTreeUnkeyedContainer(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        JSONTreeSingleValueContainer(node: node, codingPath: codingPath)
    }
}

extension JSONTreeEncoding.Node {
    /// Writes the value.
    func write(to bytes: inout [UInt8]) {
        switch content {
        // A value that encoded nothing at all is an empty object, as in Foundation's encoder.
        case .unset: bytes.append(contentsOf: "{}".utf8)
        case .fragment(let fragment): JSONWriter.write(fragment, to: &bytes)
        case .array(let nodes):
            bytes.append(UInt8(ascii: "["))
            for (index, node) in nodes.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                node.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            JSONWriter.write(object: members.lazy.map { ($0.key, $0.value) }, to: &bytes) { node, bytes in
                node.write(to: &bytes)
            }
        }
    }
}
