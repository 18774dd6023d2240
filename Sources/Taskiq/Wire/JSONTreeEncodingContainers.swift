// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

struct JSONTreeKeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: JSONTreeEncoding.Node
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) throws {
        node.member(key.stringValue).content = .fragment(.null)
    }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        try JSONTreeEncoding.encode(value, into: node.member(key.stringValue), codingPath: codingPath + [key])
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        JSONTreeEncoding(node: nested(key), codingPath: codingPath + [key]).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        JSONTreeEncoding(node: nested(key), codingPath: codingPath + [key]).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        JSONTreeEncoding(node: node.member("super"), codingPath: codingPath)
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        JSONTreeEncoding(node: node.member(key.stringValue), codingPath: codingPath + [key])
    }

    private func nested(_ key: Key) -> JSONTreeEncoding.Node {
        node.member(key.stringValue, continuing: true)
    }
}

struct JSONTreeUnkeyedContainer: UnkeyedEncodingContainer {
    let node: JSONTreeEncoding.Node
    let codingPath: [any CodingKey]

    var count: Int {
        if case .array(let nodes) = node.content { nodes.count } else { 0 }
    }

    func encodeNil() throws {
        element().content = .fragment(.null)
    }

    func encode(_ value: some Encodable) throws {
        let path = codingPath + [JSONIndex(intValue: count)]
        try JSONTreeEncoding.encode(value, into: element(), codingPath: path)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        superEncoding().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        superEncoding().unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        superEncoding()
    }

    private func superEncoding() -> JSONTreeEncoding {
        let path = codingPath + [JSONIndex(intValue: count)]
        return JSONTreeEncoding(node: element(), codingPath: path)
    }

    private func element() -> JSONTreeEncoding.Node {
        guard case .array(var nodes) = node.content else { return JSONTreeEncoding.Node(node.treeTypes) }
        let child = JSONTreeEncoding.Node(node.treeTypes)
        // Taken out while it grows, so that it is not copied for each element.
        node.content = .unset
        nodes.append(child)
        node.content = .array(nodes)
        return child
    }
}

struct JSONTreeSingleValueContainer: SingleValueEncodingContainer {
    let node: JSONTreeEncoding.Node
    let codingPath: [any CodingKey]

    func encodeNil() throws { node.content = .fragment(.null) }
    func encode(_ value: Bool) throws { try put(value) }
    func encode(_ value: String) throws { try put(value) }
    func encode(_ value: Double) throws { try put(value) }
    func encode(_ value: Float) throws { try put(value) }
    func encode(_ value: Int) throws { try put(value) }
    func encode(_ value: Int8) throws { try put(value) }
    func encode(_ value: Int16) throws { try put(value) }
    func encode(_ value: Int32) throws { try put(value) }
    func encode(_ value: Int64) throws { try put(value) }
    func encode(_ value: UInt) throws { try put(value) }
    func encode(_ value: UInt8) throws { try put(value) }
    func encode(_ value: UInt16) throws { try put(value) }
    func encode(_ value: UInt32) throws { try put(value) }
    func encode(_ value: UInt64) throws { try put(value) }
    func encode(_ value: some Encodable) throws { try put(value) }

    private func put(_ value: some Encodable) throws {
        try JSONTreeEncoding.encode(value, into: node, codingPath: codingPath)
    }
}
