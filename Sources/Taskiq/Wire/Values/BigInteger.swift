// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// An integer of any size, kept as its decimal digits, as Python's integers are.
///
/// It is made to carry numbers, not to calculate with them: convert it to a type that does, `Int128` for example.
public struct BigInteger: Sendable, Hashable {
    /// The digits without leading zeros, `-` before them if the number is negative.
    private let text: String

    /// Takes an integer of any type.
    public init(_ value: some BinaryInteger) {
        text = value.description
    }

    private init(canonical text: String) {
        self.text = text
    }

    /// Takes the digits of a number that JSON text holds; nil for anything but digits with a minus before them.
    init?(digits text: some StringProtocol) {
        let digits =
            text.utf8.first == UInt8(ascii: "-") || text.utf8.first == UInt8(ascii: "+")
            ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        guard !significant.isEmpty else {
            self.init(canonical: "0")
            return
        }
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        self.init(canonical: (isNegative ? "-" : "") + String(decoding: significant, as: UTF8.self))
    }

    private var isNegative: Bool { text.utf8.first == UInt8(ascii: "-") }
}

extension BigInteger: LosslessStringConvertible {
    /// Reads decimal digits, with a sign before them if need be; nil for anything else.
    public init?(_ description: String) {
        self.init(digits: description)
    }

    /// The decimal digits, `-` before them if the number is negative.
    public var description: String { text }
}

extension BigInteger: Comparable {
    /// Orders integers by their value.
    public static func < (left: BigInteger, right: BigInteger) -> Bool {
        guard left.isNegative == right.isNegative else { return left.isNegative }
        let (small, large) = left.isNegative ? (right, left) : (left, right)
        let counts = (small.text.utf8.count, large.text.utf8.count)
        return counts.0 == counts.1
            ? small.text.utf8.lexicographicallyPrecedes(large.text.utf8) : counts.0 < counts.1
    }
}

extension BigInteger: ExpressibleByIntegerLiteral {
    /// Takes an integer literal, which must fit `Int128`; larger ones are made of text.
    public init(integerLiteral value: Int128) {
        self.init(value)
    }
}

extension FixedWidthInteger {
    /// Takes an integer of any size; nil if it does not fit.
    public init?(exactly value: BigInteger) {
        self.init(value.description)
    }
}

extension BinaryInteger where Self: LosslessStringConvertible {
    /// Takes an integer of any size; nil if it does not fit.
    @_disfavoredOverload
    public init?(exactly value: BigInteger) {
        self.init(value.description)
    }
}

extension BigInteger: Codable {
    /// Reads a number, or text of digits; from other decoders than this library's, text of digits alone.
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? JSONFragmentDecoder {
            self = try BigInteger.read(from: decoder)
            return
        }
        let container = try decoder.singleValueContainer()
        guard let value = BigInteger(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected an integer")
        }
        self = value
    }

    /// Writes a number; with other encoders than this library's, text of digits.
    public func encode(to encoder: any Encoder) throws {
        if try encoder.write(self) { return }
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension BigInteger: WireEncodable, WireDecodable {
    func write(to output: JSONOutput) { output.write(plain: text) }

    static func read(from decoder: JSONFragmentDecoder) throws -> BigInteger {
        let fragment = decoder.fragment
        switch decoder.kind {
        case .number:
            if let value = BigInteger(digits: fragment.text) { return value }
            if let value = fragment.integerValue(Int.self, .strict) { return BigInteger(value) }
        case .string where decoder.conversion == .lax:
            let digits = fragment.stringValue().flatMap(LaxText.integerDigits)
            if let value = digits.flatMap({ BigInteger(digits: $0) }) { return value }
        case .bool where decoder.conversion == .lax:
            return fragment.boolValue(.strict) == true ? 1 : 0
        default: break
        }
        throw decoder.mismatch("an integer", BigInteger.self)
    }
}
