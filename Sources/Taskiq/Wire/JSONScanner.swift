// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads JSON text value by value, checking it and cutting it into fragments.
///
/// It accepts what Python's `json` accepts and no more: RFC 8259 plus the literals `NaN`, `Infinity` and `-Infinity`.
/// Nesting is limited, so that a hostile message cannot exhaust the stack.
struct JSONScanner {
    /// Deeper values are refused.
    static let maximumDepth = 128

    private let bytes: [UInt8]
    private let end: Int
    private(set) var position: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    init(_ fragment: JSONFragment) {
        bytes = fragment.storage
        position = fragment.range.lowerBound
        end = fragment.range.upperBound
    }

    // MARK: Structure

    /// The next byte that is not white space, without taking it.
    mutating func peek() -> UInt8? {
        while position < end {
            let byte = bytes[position]
            if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                position += 1
            } else {
                return byte
            }
        }
        return nil
    }

    /// Takes the next byte if it is the one named.
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    mutating func expectEnd() throws(TaskiqError) {
        if peek() != nil { throw malformed("unexpected text after the value") }
    }

    /// Takes an object, giving each member to the closure as a key and a fragment.
    mutating func object(_ member: (String, JSONFragment) throws(TaskiqError) -> Void) throws(TaskiqError) {
        guard take(UInt8(ascii: "{")) else { throw malformed("expected an object") }
        if take(UInt8(ascii: "}")) { return }
        repeat {
            guard peek() == UInt8(ascii: "\"") else { throw malformed("expected a key in quotation marks") }
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw malformed("expected a colon after the key") }
            try member(key, try fragment())
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw malformed("expected a comma or the end of the object") }
    }

    /// Takes an array as fragments.
    mutating func array() throws(TaskiqError) -> [JSONFragment] {
        guard take(UInt8(ascii: "[")) else { throw malformed("expected an array") }
        var elements: [JSONFragment] = []
        if take(UInt8(ascii: "]")) { return elements }
        repeat {
            elements.append(try fragment())
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw malformed("expected a comma or the end of the array") }
        return elements
    }

    /// Takes one value of any kind, checked but not decoded.
    mutating func fragment() throws(TaskiqError) -> JSONFragment {
        _ = peek()
        let start = position
        try skipValue(depth: 0)
        return JSONFragment(trusting: bytes, range: start..<position)
    }

    // MARK: Values

    private mutating func skipValue(depth: Int) throws(TaskiqError) {
        guard depth < Self.maximumDepth else {
            throw malformed("the value is nested more than \(Self.maximumDepth) levels deep")
        }
        guard let byte = peek() else { throw malformed("unexpected end of the text") }
        switch byte {
        case UInt8(ascii: "{"):
            position += 1
            if take(UInt8(ascii: "}")) { return }
            repeat {
                guard peek() == UInt8(ascii: "\"") else { throw malformed("expected a key in quotation marks") }
                try skipString()
                guard take(UInt8(ascii: ":")) else { throw malformed("expected a colon after the key") }
                try skipValue(depth: depth + 1)
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { throw malformed("expected a comma or the end of the object") }
        case UInt8(ascii: "["):
            position += 1
            if take(UInt8(ascii: "]")) { return }
            repeat {
                try skipValue(depth: depth + 1)
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { throw malformed("expected a comma or the end of the array") }
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "t"): try skip("true")
        case UInt8(ascii: "f"): try skip("false")
        case UInt8(ascii: "n"): try skip("null")
        case UInt8(ascii: "N"): try skip("NaN")
        case UInt8(ascii: "I"): try skip("Infinity")
        default: try skipNumber()
        }
    }

    private mutating func skip(_ literal: StaticString) throws(TaskiqError) {
        for index in 0..<literal.utf8CodeUnitCount {
            let wanted = literal.withUTF8Buffer { $0[index] }
            guard position < end, bytes[position] == wanted else { throw malformed("expected \(literal)") }
            position += 1
        }
    }

    private mutating func skipNumber() throws(TaskiqError) {
        if position < end, bytes[position] == UInt8(ascii: "-") {
            position += 1
            if position < end, bytes[position] == UInt8(ascii: "I") { return try skip("Infinity") }
        }
        guard position < end, isDigit(bytes[position]) else { throw malformed("expected a value") }
        if bytes[position] == UInt8(ascii: "0") {
            position += 1
        } else {
            skipDigits()
        }
        if position < end, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard position < end, isDigit(bytes[position]) else { throw malformed("expected a digit after the point") }
            skipDigits()
        }
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < end, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard position < end, isDigit(bytes[position]) else { throw malformed("expected a digit in the exponent") }
            skipDigits()
        }
    }

    private mutating func skipDigits() {
        while position < end, isDigit(bytes[position]) { position += 1 }
    }

    // MARK: Strings

    /// Takes a string and decodes its escapes.
    mutating func string() throws(TaskiqError) -> String {
        guard peek() == UInt8(ascii: "\"") else { throw malformed("expected a string") }
        let start = position + 1
        let escaped = try skipString()
        if !escaped {
            return String(decoding: bytes[start..<position - 1], as: UTF8.self)
        }
        return try unescaped(start..<position - 1)
    }

    /// Steps over a string, checking its form; says whether it holds escapes.
    @discardableResult
    private mutating func skipString() throws(TaskiqError) -> Bool {
        position += 1
        var escaped = false
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return escaped
            case UInt8(ascii: "\\"):
                escaped = true
                position += 1
                guard position < end else { throw malformed("the string does not end") }
                switch bytes[position] {
                case UInt8(ascii: "u"):
                    position += 1
                    for _ in 0..<4 {
                        guard position < end, hexDigit(bytes[position]) != nil else {
                            throw malformed("expected four hexadecimal digits after \\u")
                        }
                        position += 1
                    }
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
                    UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                    position += 1
                default: throw malformed("unknown escape in a string")
                }
            case 0..<0x20: throw malformed("a control character must be escaped in a string")
            case 0x20..<0x80: position += 1
            default: try skipMultibyteCharacter()
            }
        }
        throw malformed("the string does not end")
    }

    /// Steps over a character of two to four bytes, checking it by table 3-7 of the Unicode standard: what is not UTF-8
    /// would be refused by whoever the fragment is passed on to.
    private mutating func skipMultibyteCharacter() throws(TaskiqError) {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch bytes[position] {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw malformed("a string must be UTF-8")
        }
        guard position + length <= end, second.contains(bytes[position + 1]),
            bytes[position + 2..<max(position + 2, position + length)].allSatisfy({ $0 & 0xC0 == 0x80 })
        else { throw malformed("a string must be UTF-8") }
        position += length
    }

    private func unescaped(_ range: Range<Int>) throws(TaskiqError) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
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
                var unit = codeUnit(at: index)
                index += 4
                if unit & 0xFC00 == 0xD800, index + 6 <= range.upperBound, bytes[index] == UInt8(ascii: "\\"),
                    bytes[index + 1] == UInt8(ascii: "u"), codeUnit(at: index + 2) & 0xFC00 == 0xDC00
                {
                    unit = 0x10000 + (unit & 0x3FF) << 10 + codeUnit(at: index + 2) & 0x3FF
                    index += 6
                }
                // A lone surrogate has no place in Swift's strings; as elsewhere, U+FFFD stands in for it.
                text.append(contentsOf: String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
            default: text.append(escape)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func codeUnit(at index: Int) -> UInt32 {
        var unit: UInt32 = 0
        for offset in 0..<4 { unit = unit << 4 | UInt32(hexDigit(bytes[index + offset]) ?? 0) }
        return unit
    }

    // MARK: Errors

    func malformed(_ reason: String) -> TaskiqError {
        TaskiqError(.malformed, "not valid JSON at byte \(position): \(reason)")
    }
}

@inline(__always)
private func isDigit(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10
}

@inline(__always)
private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
