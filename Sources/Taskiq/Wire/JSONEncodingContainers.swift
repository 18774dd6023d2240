// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

struct JSONKeyedEncodingContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: JSONEncoding.Node
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) throws {
        node.member(key.stringValue).content = .fragment(.null)
    }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        try JSONEncoding.encode(value, into: node.member(key.stringValue), codingPath: codingPath + [key])
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        JSONEncoding(node: nested(key), codingPath: codingPath + [key]).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        JSONEncoding(node: nested(key), codingPath: codingPath + [key]).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        JSONEncoding(node: node.member("super"), codingPath: codingPath)
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        JSONEncoding(node: node.member(key.stringValue), codingPath: codingPath + [key])
    }

    private func nested(_ key: Key) -> JSONEncoding.Node {
        node.member(key.stringValue, continuing: true)
    }
}

struct JSONUnkeyedEncodingContainer: UnkeyedEncodingContainer {
    let node: JSONEncoding.Node
    let codingPath: [any CodingKey]

    var count: Int {
        if case .array(let nodes) = node.content { nodes.count } else { 0 }
    }

    func encodeNil() throws {
        element().content = .fragment(.null)
    }

    func encode(_ value: some Encodable) throws {
        let path = codingPath + [JSONIndex(intValue: count)]
        try JSONEncoding.encode(value, into: element(), codingPath: path)
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

    private func superEncoding() -> JSONEncoding {
        let path = codingPath + [JSONIndex(intValue: count)]
        return JSONEncoding(node: element(), codingPath: path)
    }

    private func element() -> JSONEncoding.Node {
        guard case .array(var nodes) = node.content else { return JSONEncoding.Node() }
        let child = JSONEncoding.Node()
        // Taken out while it grows, so that it is not copied for each element.
        node.content = .unset
        nodes.append(child)
        node.content = .array(nodes)
        return child
    }
}

struct JSONSingleValueEncodingContainer: SingleValueEncodingContainer {
    let node: JSONEncoding.Node
    let codingPath: [any CodingKey]

    func encodeNil() throws { node.content = .fragment(.null) }
    func encode(_ value: Bool) throws { put(value ? "true" : "false") }
    func encode(_ value: String) throws { node.content = .fragment(JSONFragment(string: value)) }
    func encode(_ value: Double) throws { put(value.isFinite ? value.description : "null") }
    func encode(_ value: Float) throws { put(value.isFinite ? value.description : "null") }
    func encode(_ value: Int) throws { put(value.description) }
    func encode(_ value: Int8) throws { put(value.description) }
    func encode(_ value: Int16) throws { put(value.description) }
    func encode(_ value: Int32) throws { put(value.description) }
    func encode(_ value: Int64) throws { put(value.description) }
    func encode(_ value: UInt) throws { put(value.description) }
    func encode(_ value: UInt8) throws { put(value.description) }
    func encode(_ value: UInt16) throws { put(value.description) }
    func encode(_ value: UInt32) throws { put(value.description) }
    func encode(_ value: UInt64) throws { put(value.description) }
    func encode(_ value: some Encodable) throws {
        try JSONEncoding.encode(value, into: node, codingPath: codingPath)
    }

    private func put(_ text: String) {
        node.content = .fragment(JSONFragment(trusting: Array(text.utf8)))
    }
}
