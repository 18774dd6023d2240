// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Decodes Swift types straight from the bytes of a fragment, with no tree in between.
struct JSONFragmentDecoder: Decoder {
    let fragment: JSONFragment
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ fragment: JSONFragment, codingPath: [any CodingKey] = []) {
        self.fragment = fragment
        self.codingPath = codingPath
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        // Task arguments are mostly of these; they need no container.
        if type == Int.self, let value = try integer(Int.self) as? Value { return value }
        if type == String.self, let value = try string() as? Value { return value }
        if type == JSONFragment.self, let value = fragment as? Value { return value }
        return try Value(from: self)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(JSONKeyedContainer<Key>(members: try members(), codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        JSONUnkeyedContainer(elements: try elements(), codingPath: codingPath)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        JSONSingleValueContainer(decoder: self)
    }

    // MARK: Reading

    func members() throws -> [String: JSONFragment] {
        guard kind == .object else { throw mismatch("an object", [String: JSONFragment].self) }
        var members: [String: JSONFragment] = [:]
        var scanner = JSONScanner(fragment)
        try scanner.object { key, value in members[key] = value }
        return members
    }

    func elements() throws -> [JSONFragment] {
        guard kind == .array else { throw mismatch("an array", [JSONFragment].self) }
        var scanner = JSONScanner(fragment)
        return try scanner.array()
    }

    func string() throws -> String {
        guard kind == .string else { throw mismatch("a string", String.self) }
        var scanner = JSONScanner(fragment)
        return try scanner.string()
    }

    func bool() throws -> Bool {
        guard kind == .bool else { throw mismatch("true or false", Bool.self) }
        return fragment.bytes.first == UInt8(ascii: "t")
    }

    func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        guard kind == .number else { throw mismatch("an integer", type) }
        let text = fragment.text
        if let number = Number(text) { return number }
        if let value = Double(text), let number = Number(exactly: value) { return number }
        throw mismatch("an integer that fits \(type)", type)
    }

    func double() throws -> Double {
        guard kind == .number, let value = Double(fragment.text) else { throw mismatch("a number", Double.self) }
        return value
    }

    // MARK: Kinds and errors

    enum Kind {
        case object, array, string, number, bool, null
    }

    var kind: Kind {
        switch fragment.bytes.first {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    func mismatch(_ wanted: String, _ type: any Any.Type) -> DecodingError {
        let shown = fragment.text
        let found = shown.utf8.count > 60 ? "\(shown.prefix(60))…" : shown
        let context = DecodingError.Context(
            codingPath: codingPath,
            debugDescription: "expected \(wanted), found \(found)"
        )
        return kind == .null
            ? .valueNotFound(type, context)
            : .typeMismatch(type, context)
    }
}

extension JSONFragment: Codable {
    /// Takes the value as it stands; other decoders than this library's cannot give the bytes away.
    public init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? JSONFragmentDecoder else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "a JSON fragment can only be read by taskiq's own decoder"
                )
            )
        }
        self = decoder.fragment
    }

    /// Puts the value in as it stands.
    public func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? JSONEncoding else {
            throw EncodingError.invalidValue(
                self,
                .init(
                    codingPath: encoder.codingPath,
                    debugDescription: "a JSON fragment can only be written by taskiq's own encoder"
                )
            )
        }
        encoder.node.content = .fragment(self)
    }
}
