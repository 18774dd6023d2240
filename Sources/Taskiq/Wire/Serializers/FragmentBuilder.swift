// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Writes the JSON text of a value that is read from binary input, within limits.
struct FragmentBuilder {
    /// The text may be so many times as long as the input, or `smallestBudget` if that is more.
    ///
    /// No codec makes more than this of bytes that it reads once; only what is referred to again and again does, and
    /// a few kilobytes of nested references could otherwise name more text than there is memory.
    static let growth = 16
    /// 16 MiB.
    static let smallestBudget = 16 << 20
    /// Python converts integers to text, and back, up to this many digits.
    static let maximumDigits = 4300
    /// The bytes of the largest integer below ten to the 4300th.
    static let maximumIntegerBytes = 1786

    private(set) var bytes: [UInt8] = []
    private let budget: Int

    init(inputSize: Int) {
        budget = max(Self.smallestBudget, inputSize.multipliedReportingOverflow(by: Self.growth).partialValue)
        bytes.reserveCapacity(min(inputSize + inputSize / 2, Self.smallestBudget))
    }

    var fragment: JSONFragment { JSONFragment(trusting: bytes) }

    /// Refuses to go on when the text has become too long.
    func checkBudget(_ reader: BinaryReader) throws(TaskiqError) {
        guard bytes.count <= budget else {
            throw reader.malformed(
                "the value refers to its own parts so often that it would be longer than \(budget) bytes"
            )
        }
    }

    mutating func append(_ character: Unicode.Scalar) {
        bytes.append(UInt8(truncatingIfNeeded: character.value))
    }

    mutating func append(literal text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ integer: some FixedWidthInteger) {
        if integer >= 0, integer < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: integer))
        } else {
            bytes.append(contentsOf: integer.description.utf8)
        }
    }

    mutating func append(digits: [UInt8]) {
        bytes.append(contentsOf: digits)
    }

    mutating func truncate(to count: Int) {
        bytes.removeSubrange(count...)
    }

    mutating func append(_ value: Double) {
        PythonFloat.writeRepr(value, to: &bytes)
    }

    /// Writes a JSON string from checked text, which may hold surrogates as `surrogatepass` has them.
    mutating func append(string text: ArraySlice<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        JSONText.append(escaping: text, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a JSON string of ASCII that needs no escapes.
    mutating func append(plain text: String) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes bytes, which JSON does not have, as Base64 text.
    mutating func append(base64 data: ArraySlice<UInt8>) {
        append(plain: Base64.encode(Array(data)))
    }

    /// Makes a key of the value that was written from a place on: one that is no string becomes the text that Python
    /// makes of it on the way to JSON.
    ///
    /// - Returns: false for an array or an object, which cannot be a key.
    mutating func makeKey(from mark: Int) -> Bool {
        let text: String
        switch bytes[mark] {
        case UInt8(ascii: "\""): return true
        case UInt8(ascii: "["), UInt8(ascii: "{"): return false
        default: text = String(decoding: bytes[mark...], as: UTF8.self)
        }
        bytes.removeSubrange(mark...)
        switch text {
        case "null": append(plain: "None")
        case "NaN": append(plain: "nan")
        case "Infinity": append(plain: "inf")
        case "-Infinity": append(plain: "-inf")
        default: append(plain: text)
        }
        return true
    }
}
