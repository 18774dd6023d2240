// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension JSONTokens {
    /// An integer of JSON text, as the codecs need it.
    enum Integer {
        /// Zero or more, up to 64 bits.
        case unsigned(UInt64)
        /// Below zero, down to 64 bits with a sign.
        case negative(Int64)
        /// Beyond both: the digits of its magnitude.
        case large(digits: Range<Int>, isNegative: Bool)
    }

    /// Reads the digits of an `integer` token.
    func integer(_ range: Range<Int>) -> Integer {
        let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
        let digits = range.dropFirst(isNegative ? 1 : 0)
        var magnitude: UInt64 = 0
        for index in digits {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[index] &- UInt8(ascii: "0")))
            if overflow || carry { return .large(digits: digits, isNegative: isNegative) }
            magnitude = sum
        }
        // JSON can say "-0"; it is Python's 0.
        guard isNegative, magnitude > 0 else { return .unsigned(magnitude) }
        guard magnitude <= UInt64(Int64.max) + 1 else { return .large(digits: digits, isNegative: true) }
        return .negative(Int64(truncatingIfNeeded: 0 &- magnitude))
    }

    /// Reads a `real` token; a number beyond doubles is infinite, as in Python.
    func double(_ range: Range<Int>) -> Double {
        Double(String(decoding: bytes[range], as: UTF8.self)) ?? .nan
    }

    /// Decodes the escapes of a `string` token.
    ///
    /// - Parameters:
    ///   - range: the text between the quotation marks.
    ///   - text: where the UTF-8 goes. A lone surrogate, which only an escape can hold, becomes the three bytes that
    ///     Python calls `surrogatepass`.
    /// - Returns: whether there was a lone surrogate.
    func unescape(_ range: Range<Int>, into text: inout [UInt8]) -> Bool {
        var hasLoneSurrogate = false
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < range.upperBound else {
                text.append(byte)
                continue
            }
            let escape = bytes[index]
            index += 1
            switch escape {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"):
                var unit = codeUnit(at: index, before: range.upperBound)
                index += 4
                if unit & 0xFC00 == 0xD800, index + 6 <= range.upperBound, bytes[index] == UInt8(ascii: "\\"),
                    bytes[index + 1] == UInt8(ascii: "u")
                {
                    let low = codeUnit(at: index + 2, before: range.upperBound)
                    if low & 0xFC00 == 0xDC00 {
                        unit = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
                        index += 6
                    }
                }
                if unit & 0xFFFF_F800 == 0xD800 { hasLoneSurrogate = true }
                Self.append(codePoint: unit, to: &text)
            default: text.append(escape)
            }
        }
        return hasLoneSurrogate
    }

    private func codeUnit(at index: Int, before end: Int) -> UInt32 {
        var unit: UInt32 = 0
        for place in index..<index + 4 {
            let byte = place < end ? bytes[place] : UInt8(ascii: "0")
            let digit = byte >= UInt8(ascii: "A") ? (byte | 0x20) &- UInt8(ascii: "a") &+ 10 : byte &- UInt8(ascii: "0")
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    private static func append(codePoint: UInt32, to text: inout [UInt8]) {
        switch codePoint {
        case 0..<0x80: text.append(UInt8(codePoint))
        case 0x80..<0x800:
            text.append(0xC0 | UInt8(codePoint >> 6))
            text.append(0x80 | UInt8(codePoint & 0x3F))
        case 0x800..<0x10000:
            text.append(0xE0 | UInt8(codePoint >> 12))
            text.append(0x80 | UInt8(codePoint >> 6 & 0x3F))
            text.append(0x80 | UInt8(codePoint & 0x3F))
        default:
            text.append(0xF0 | UInt8(codePoint >> 18 & 7))
            text.append(0x80 | UInt8(codePoint >> 12 & 0x3F))
            text.append(0x80 | UInt8(codePoint >> 6 & 0x3F))
            text.append(0x80 | UInt8(codePoint & 0x3F))
        }
    }
}

extension TaskiqError {
    /// A lone surrogate met a codec whose strings are UTF-8.
    static func loneSurrogate(_ codec: String) -> TaskiqError {
        TaskiqError(.unencodable, "\(codec) cannot hold a string with a lone surrogate (\\ud800 to \\udfff)")
    }

    /// An integer beyond 64 bits met a codec that ends there.
    static func tooLarge(_ codec: String, digits: Int) -> TaskiqError {
        TaskiqError(.unencodable, "\(codec) holds integers up to 64 bits; one of \(digits) digits does not fit")
    }
}
