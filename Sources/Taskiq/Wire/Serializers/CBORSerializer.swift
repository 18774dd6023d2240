// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// CBOR, as Python's `cbor2` writes it with taskiq's settings: a string that stands for the second time is a reference
/// to the first (tags 256 and 25), integers beyond 64 bits have tags 2 and 3, floats 64 bits.
///
/// It reads besides: indefinite lengths, floats of 16 and 32 bits, `undefined` (as null), bytes (as Base64 text), dates
/// (tags 0, 1 and 1004, as ISO 8601 text), sets (tag 258, as arrays) and self-described CBOR (tag 55799). Other tags and
/// simple values are refused: Python itself finds no JSON for most of them.
public struct CBORSerializer: TaskiqSerializer, Hashable {
    /// Whether strings that stand again are written as references.
    public let stringReferencing: Bool

    /// Makes a serializer.
    ///
    /// - Parameter stringReferencing: whether strings that stand again are written as references, Python's default.
    public init(stringReferencing: Bool = true) {
        self.stringReferencing = stringReferencing
    }

    /// Writes a value.
    ///
    /// - Parameter value: the value.
    /// - Returns: its CBOR form.
    /// - Throws: `TaskiqError` with code `unencodable` for lone surrogates and integers of more than 4300 digits.
    public func dumpb(_ value: JSONFragment) throws(TaskiqError) -> [UInt8] {
        var writer = CBORWriter(value, stringReferencing: stringReferencing)
        try writer.write()
        return writer.bytes
    }

    /// Reads a value.
    ///
    /// - Parameter data: exactly one value.
    /// - Returns: the value as JSON.
    /// - Throws: `TaskiqError` with code `malformed`.
    public func loadb(_ data: [UInt8]) throws(TaskiqError) -> JSONFragment {
        var reader = CBORReader(data)
        return try reader.read()
    }
}
