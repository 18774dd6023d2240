// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads short text of a fixed grammar, character by character.
struct ValueText {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position >= bytes.count }
    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Takes the next character if it is one of those named.
    mutating func take(_ characters: String) -> Bool {
        guard let byte = peek, characters.utf8.contains(byte) else { return false }
        position += 1
        return true
    }

    /// Takes a word if it comes next.
    mutating func take(word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    /// Takes a sign: -1 or 1; nil if there is none.
    mutating func sign() -> Int? {
        if take("+") { return 1 }
        // The minus sign of typographers, which ISO 8601 prefers, is read too.
        return take("-") || take(word: "\u{2212}") ? -1 : nil
    }

    /// Takes a number of just so many digits.
    mutating func digits(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var number = 0
        for byte in bytes[position..<position + count] {
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        position += count
        return number
    }

    /// Takes the digits that come next, of which there may be none, as text.
    mutating func digits() -> ArraySlice<UInt8> {
        let start = position
        while let byte = peek, byte &- UInt8(ascii: "0") < 10 { position += 1 }
        return bytes[start..<position]
    }

    /// Takes a point or comma and the digits after it, as the given number of decimals, the rest cut off.
    ///
    /// - Returns: 0 if there is no fraction; nil if there are no digits after the point.
    mutating func fraction(decimals: Int) -> Int? {
        guard take(".,") else { return 0 }
        let digits = digits()
        guard !digits.isEmpty else { return nil }
        var value = 0
        for place in 0..<decimals {
            let index = digits.startIndex + place
            value = value * 10 + (index < digits.endIndex ? Int(digits[index] - UInt8(ascii: "0")) : 0)
        }
        return value
    }
}

/// Appends a number with leading zeros.
func append(_ number: Int, digits: Int, to text: inout String) {
    let plain = number.description
    text += String(repeating: "0", count: max(0, digits - plain.utf8.count)) + plain
}
