// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The meaning of plain scalars in YAML 1.2's core schema.
///
/// Of what YAML 1.1 read into plain words, dates, times and sexagesimal numbers nothing is left: `no`, `on`, `02:30` and
/// `2026-12-01` are text. In one place this is stricter than the core schema: a decimal number with leading zeros, such as
/// `012`, is text too, because nobody who writes it means twelve.
enum YAMLCoreSchema {
    /// The meaning of a plain scalar.
    static func content(ofPlain text: String) -> ScheduleNode.Content {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".nan", ".NaN", ".NAN": return .double(.nan)
        default: return number(text) ?? .string(text)
        }
    }

    private static func number(_ text: String) -> ScheduleNode.Content? {
        let bytes = Array(text.utf8)
        // All that can be a number begins like one; text is the common case and goes no further.
        guard let first = bytes.first, isDigit(first) || ".+-".utf8.contains(first) else { return nil }
        if text.hasPrefix("0x") { return based(text.dropFirst(2), radix: 16) { isHexadecimal($0) } }
        if text.hasPrefix("0o") { return based(text.dropFirst(2), radix: 8) { (0x30...0x37).contains($0) } }
        let isSigned = first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
        let unsigned = isSigned ? bytes.dropFirst() : bytes[...]
        switch String(decoding: unsigned, as: UTF8.self) {
        case ".inf", ".Inf", ".INF": return .double(first == UInt8(ascii: "-") ? -.infinity : .infinity)
        default: break
        }
        let whole = unsigned.prefix(while: isDigit)
        if whole.count > 1, whole.first == UInt8(ascii: "0") { return nil }
        if whole.count == unsigned.count {
            guard !whole.isEmpty else { return nil }
            return Int(text).map(ScheduleNode.Content.int) ?? tooLarge(text)
        }
        guard isFloat(unsigned.dropFirst(whole.count), hasWhole: !whole.isEmpty) else { return nil }
        guard let value = Double(text) else { return nil }
        return value.isFinite ? .double(value) : tooLarge(text)
    }

    /// Whether what follows the whole digits is a fraction, an exponent, or both.
    private static func isFloat(_ rest: ArraySlice<UInt8>, hasWhole: Bool) -> Bool {
        var rest = rest
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            let fraction = rest.prefix(while: isDigit)
            guard hasWhole || !fraction.isEmpty else { return false }
            rest = rest.dropFirst(fraction.count)
        } else if !hasWhole {
            return false
        }
        guard let mark = rest.first else { return true }
        guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else { return false }
        rest = rest.dropFirst()
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }

    private static func based(
        _ digits: Substring,
        radix: Int,
        isDigit: (UInt8) -> Bool
    ) -> ScheduleNode.Content? {
        guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit) else { return nil }
        return Int(digits, radix: radix).map(ScheduleNode.Content.int) ?? tooLarge(String(digits))
    }

    private static func tooLarge(_ text: String) -> ScheduleNode.Content {
        .rejected(.badValue, reason: "the number \(text.clipped(to: 40)) is too large; quote it to pass it as text")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
