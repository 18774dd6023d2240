// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A JSON value of any shape, for code that does not know the shape beforehand: files, command lines, dashboards.
///
/// Objects keep the order of their members.
public enum JSONValue: Sendable, Hashable {
    /// The value `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// An integer that fits `Int`.
    case int(Int)
    /// An integer too large for `Int`.
    case bigInteger(BigInteger)
    /// Any other number.
    case double(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object([Member])

    /// One member of an object.
    public struct Member: Sendable, Hashable {
        /// The key.
        public var key: String
        /// The value.
        public var value: JSONValue

        /// Makes a member.
        public init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// The value as a fragment, ready to be sent.
    public var fragment: JSONFragment {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return JSONFragment(trusting: bytes)
    }

    /// The value of an object's member; nil when there is none, or this is no object.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
        case .int(let value): JSONWriter.write(integer: value, to: &bytes)
        case .bigInteger(let value): bytes.append(contentsOf: value.description.utf8)
        case .double(let value): JSONWriter.write(double: value, to: &bytes)
        case .string(let value): JSONWriter.write(string: value, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            JSONWriter.write(object: members.lazy.map { ($0.key, $0.value) }, to: &bytes) { value, bytes in
                value.write(to: &bytes)
            }
        }
    }
}

extension JSONValue: Codable {
    /// Reads a value of any shape.
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? JSONFragmentDecoder {
            self = try JSONValue(decoder)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let values = try? container.decode([JSONValue].self) {
            self = .array(values)
        } else {
            let members = try container.decode([String: JSONValue].self)
            self = .object(members.sorted { $0.key < $1.key }.map { Member($0.key, $0.value) })
        }
    }

    private init(_ decoder: JSONFragmentDecoder) throws {
        switch decoder.kind {
        case .null: self = .null
        case .bool: self = .bool(try decoder.bool())
        case .string: self = .string(try decoder.string())
        case .number:
            let text = decoder.fragment.text
            if let value = Int(text) {
                self = .int(value)
            } else if let value = BigInteger(digits: text) {
                self = .bigInteger(value)
            } else {
                self = .double(try decoder.double())
            }
        case .array:
            self = .array(try decoder.elements().map { try JSONValue(JSONFragmentDecoder($0)) })
        case .object:
            var pairs: [(String, JSONFragment)] = []
            var scanner = JSONScanner(decoder.fragment)
            try scanner.object { key, value in pairs.append((key, value)) }
            self = .object(try pairs.map { Member($0.0, try JSONValue(JSONFragmentDecoder($0.1))) })
        }
    }

    /// Writes the value as it is.
    public func encode(to encoder: any Encoder) throws {
        if try encoder.write(self) { return }
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .bigInteger(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let members):
            try container.encode(Dictionary(members.map { ($0.key, $0.value) }) { _, last in last })
        }
    }
}

extension JSONValue: WireEncodable {
    func write(to output: JSONOutput) { output.write(fragment) }
}

// There is no literal for `null`: with one, comparing an optional value with `nil` would be ambiguous.
extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// A floating-point number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
