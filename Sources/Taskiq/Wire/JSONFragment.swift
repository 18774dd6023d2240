// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// One JSON value, kept as the bytes it came in until somebody asks for a type.
///
/// Arguments and results travel through brokers and hubs as fragments: nothing is decoded or encoded again on the way,
/// so numbers of any size and Python's spelling survive. A fragment shares the storage of the message it was cut from.
public struct JSONFragment: Sendable {
    let storage: [UInt8]
    let range: Range<Int>

    /// Trusts that the range holds exactly one JSON value.
    init(trusting storage: [UInt8], range: Range<Int>) {
        self.storage = storage
        self.range = range
    }

    /// Trusts that the bytes are exactly one JSON value.
    init(trusting bytes: [UInt8]) {
        self.init(trusting: bytes, range: 0..<bytes.count)
    }

    /// Takes bytes that must be exactly one JSON value.
    ///
    /// - Parameter bytes: UTF-8 text; white space around the value is allowed.
    /// - Throws: `TaskiqError` with code `malformed` that says where the text stops being JSON.
    public init(parsing bytes: [UInt8]) throws(TaskiqError) {
        var scanner = JSONScanner(bytes)
        self = try scanner.fragment()
        try scanner.expectEnd()
    }

    /// Takes text that must be exactly one JSON value.
    ///
    /// - Parameter text: the text; white space around the value is allowed.
    /// - Throws: `TaskiqError` with code `malformed` that says where the text stops being JSON.
    public init(parsing text: String) throws(TaskiqError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Encodes a value as JSON.
    ///
    /// - Parameter value: any encodable value.
    /// - Throws: `TaskiqError` with code `unencodable`.
    public init(encoding value: some Encodable) throws(TaskiqError) {
        self.init(trusting: try JSONEncoding.bytes(of: value))
    }

    /// A JSON string.
    ///
    /// - Parameter text: the string's content.
    public init(string text: String) {
        var bytes: [UInt8] = []
        JSONWriter.write(string: text, to: &bytes)
        self.init(trusting: bytes)
    }

    /// The value `null`.
    public static let null = JSONFragment(trusting: Array("null".utf8))

    /// The value's bytes.
    public var bytes: ArraySlice<UInt8> { storage[range] }

    /// The value as JSON text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether the value is `null`.
    public var isNull: Bool { firstByte == UInt8(ascii: "n") }

    /// Reads the value as a Swift type.
    ///
    /// Numbers, text and truth values are not converted into one another here, as they are for a task's parameters and
    /// return values.
    ///
    /// - Parameter type: the type wanted.
    /// - Returns: the value.
    /// - Throws: `DecodingError` when the value is of another shape.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try read(type, .strict) { JSONFragmentDecoder(self) }
    }

    /// Reads the value as a parameter or return value of a task, with the conversions that pydantic makes.
    func decodeLax<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try read(type, .lax) { JSONFragmentDecoder(self, conversion: .lax) }
    }
}

extension JSONFragment: Hashable {
    /// Fragments are equal when their bytes are.
    public static func == (left: JSONFragment, right: JSONFragment) -> Bool {
        left.bytes == right.bytes
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(bytes)
    }
}

extension JSONFragment: CustomStringConvertible {
    /// The value as JSON text.
    public var description: String { text }
}
