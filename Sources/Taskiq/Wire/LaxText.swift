// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What pydantic makes of text where a parameter is no string.
enum LaxText {
    /// True or false, in pydantic's words for them.
    static func bool(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "t", "y", "1": true
        case "false", "no", "off", "f", "n", "0": false
        default: nil
        }
    }

    /// The sign and the digits of a whole number: white space around it, underscores between digits and a fraction of
    /// zeros are allowed.
    static func integerDigits(_ text: String) -> String? {
        guard var digits = number(text) else { return nil }
        if let point = digits.firstIndex(of: ".") {
            let fraction = digits[digits.index(after: point)...]
            guard !fraction.isEmpty, fraction.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
            digits = String(digits[..<point])
        }
        let unsigned = digits.drop { $0 == "-" || $0 == "+" }
        guard digits.utf8.count - unsigned.utf8.count <= 1, !unsigned.isEmpty, unsigned.utf8.allSatisfy(isDigit) else {
            return nil
        }
        return digits
    }

    /// A number as Python's `float()` reads it, `inf` and `nan` included.
    static func double(_ text: String) -> Double? {
        // Swift alone reads hexadecimal numbers, and what is in parentheses after `nan`.
        guard let number = number(text), !number.utf8.contains(where: { "xXpP(".utf8.contains($0) }) else { return nil }
        if let value = Double(number) { return value }
        // Swift wants a digit on both sides of the point.
        let whole = number.hasSuffix(".") ? number + "0" : number
        return Double(whole)
    }

    /// The text without the white space around it and the underscores between its digits.
    static func number(_ text: String) -> String? {
        let bytes = Array(text.utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        guard bytes.contains(UInt8(ascii: "_")) else { return String(decoding: bytes, as: UTF8.self) }
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "_") {
            guard index > 0, index + 1 < bytes.count, isDigit(bytes[index - 1]), isDigit(bytes[index + 1]) else {
                return nil
            }
            // As in Python, the digits of a fraction are not grouped.
            guard !bytes[..<index].contains(UInt8(ascii: ".")) else { return nil }
        }
        return String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }
}
