// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Steps through JSON text in borrowed memory, checking it as it goes.
///
/// It lives only inside the closure that lends it the bytes: what it finds leaves it as offsets and values.
struct JSONCursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    let end: Int
    private(set) var position: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int, to end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
    }

    // MARK: Structure

    /// The next byte that is not white space, without taking it; 0, which no JSON value starts with, at the end.
    @inline(__always)
    mutating func peek() -> UInt8 {
        while position < end {
            let byte = bytes[position]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return 0
    }

    /// Takes the next byte, which is not 0, if it is the one named.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    mutating func expectEnd() throws(TaskiqError) {
        _ = peek()
        if position < end { throw malformed("unexpected text after the value") }
    }

    /// Takes an object; the closure takes each member's value, given its key.
    @inline(__always)
    mutating func object(
        _ member: (inout JSONCursor, JSONKeyRange) throws(TaskiqError) -> Void
    ) throws(TaskiqError) {
        guard take(UInt8(ascii: "{")) else { throw malformed("expected an object") }
        if take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try key()
            try member(&self, key)
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw malformed("expected a comma or the end of the object") }
    }

    /// Takes an array; the closure takes each element.
    @inline(__always)
    mutating func array(_ element: (inout JSONCursor) throws(TaskiqError) -> Void) throws(TaskiqError) {
        guard take(UInt8(ascii: "[")) else { throw malformed("expected an array") }
        if take(UInt8(ascii: "]")) { return }
        repeat {
            try element(&self)
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw malformed("expected a comma or the end of the array") }
    }

    /// Takes a key and the colon after it.
    private mutating func key() throws(TaskiqError) -> JSONKeyRange {
        guard peek() == UInt8(ascii: "\"") else { throw malformed("expected a key in quotation marks") }
        let key = try stringRange()
        guard take(UInt8(ascii: ":")) else { throw malformed("expected a colon after the key") }
        return key
    }

    /// Takes one value of any kind, which stands in so many others already; says where it stands.
    mutating func value(depth: Int = 0) throws(TaskiqError) -> Range<Int> {
        _ = peek()
        let start = position
        try skipValue(depth: depth)
        return start..<position
    }

    // MARK: Text that was checked before

    /// Takes what stands before the next element of an array and says what the element begins with; 0 at the array's end.
    @inline(__always)
    mutating func enterElement() -> UInt8 {
        guard peek() != UInt8(ascii: "]") else { return 0 }
        position += 1
        return peek() == UInt8(ascii: "]") ? 0 : peek()
    }

    /// The number that a value is, if it is of plain digits that cannot overflow.
    @inline(__always)
    func smallInteger(in range: Range<Int>) -> Int? {
        var index = range.lowerBound
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        guard range.upperBound - index <= 18, index < range.upperBound else { return nil }
        var value = 0
        while index < range.upperBound {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
            index += 1
        }
        return isNegative ? -value : value
    }

    /// Takes what stands before the next element of an array, and the element; nil at the array's end.
    @inline(__always)
    mutating func nextElement() -> Range<Int>? {
        enterElement() == 0 ? nil : try? value()
    }

    /// A cursor on another part of the same text.
    @inline(__always)
    func at(_ range: Range<Int>) -> JSONCursor { JSONCursor(bytes, from: range.lowerBound, to: range.upperBound) }

    /// Takes what stands before the next member of an object, and the member's key; nil at the object's end.
    @inline(__always)
    mutating func nextKey() -> JSONKeyRange? {
        _ = peek()
        position += 1
        guard peek() == UInt8(ascii: "\"") else { return nil }
        return try? key()
    }

    /// Whether the object that starts at a place has a key of the same spelling before this one.
    func hasKey(_ key: JSONKeyRange, inObjectAt start: Int) -> Bool {
        var cursor = at(start..<key.range.lowerBound - 1)
        while let other = cursor.nextKey(), (try? cursor.value()) != nil {
            if equals(key, other) { return true }
        }
        return false
    }

    /// Takes what stands before the next member of an object, and the member, if it has this name, spelled without
    /// escapes; takes nothing otherwise.
    @inline(__always)
    mutating func nextMember(_ name: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        let start = position
        if let key = nextKey(), !key.isEscaped, equals(key, name), let value = try? value() { return value }
        position = start
        return nil
    }

    // MARK: Values

    private mutating func skipValue(depth: Int) throws(TaskiqError) {
        guard depth < JSONScanner.maximumDepth else {
            throw malformed("the value is nested more than \(JSONScanner.maximumDepth) levels deep")
        }
        switch peek() {
        case UInt8(ascii: "\""): _ = try skipString()
        case UInt8(ascii: "{"):
            try object { (cursor, _) throws(TaskiqError) in try cursor.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array { (cursor) throws(TaskiqError) in try cursor.skipValue(depth: depth + 1) }
        case UInt8(ascii: "t"): try skip("true")
        case UInt8(ascii: "f"): try skip("false")
        case UInt8(ascii: "n"): try skip("null")
        case UInt8(ascii: "N"): try skip("NaN")
        case UInt8(ascii: "I"): try skip("Infinity")
        default:
            guard position < end else { throw malformed("unexpected end of the text") }
            try skipNumber()
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
        if bytes[position] == UInt8(ascii: "-") {
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

    @inline(__always)
    private mutating func skipDigits() {
        while position < end, isDigit(bytes[position]) { position += 1 }
    }

    // MARK: Strings

    /// Takes a string and decodes its escapes.
    mutating func string() throws(TaskiqError) -> String {
        guard peek() == UInt8(ascii: "\"") else { throw malformed("expected a string") }
        return text(of: try stringRange())
    }

    /// Takes a string, which comes next; says where its content stands.
    @inline(__always)
    mutating func stringRange() throws(TaskiqError) -> JSONKeyRange {
        let start = position + 1
        let isEscaped = try skipString()
        return JSONKeyRange(range: start..<position - 1, isEscaped: isEscaped)
    }

    /// The text of a string that was stepped over.
    @inline(__always)
    func text(of key: JSONKeyRange) -> String {
        key.isEscaped
            ? unescaped(key.range)
            : String(decoding: UnsafeBufferPointer(rebasing: bytes[key.range]), as: UTF8.self)
    }

    /// Whether a key that was stepped over is the one named.
    @inline(__always)
    func equals(_ key: JSONKeyRange, _ name: StaticString) -> Bool {
        guard key.range.count == name.utf8CodeUnitCount, !key.isEscaped else { return false }
        return name.withUTF8Buffer { equals(key, $0) }
    }

    /// Whether a key that was stepped over is spelled so.
    @inline(__always)
    func equals(_ key: JSONKeyRange, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard key.range.count == name.count else { return false }
        for index in 0..<name.count where bytes[key.range.lowerBound + index] != name[index] { return false }
        return true
    }

    /// The content of a string that was stepped over.
    @inline(__always)
    func content(of key: JSONKeyRange) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[key.range])
    }

    /// Whether two keys that were stepped over are spelled alike.
    func equals(_ key: JSONKeyRange, _ other: JSONKeyRange) -> Bool {
        equals(key, UnsafeBufferPointer(rebasing: bytes[other.range]))
    }

    /// Steps over a string, checking its form; says whether it holds escapes.
    @discardableResult
    @inline(__always)
    private mutating func skipString() throws(TaskiqError) -> Bool {
        let end = endOfPlainText(from: position + 1)
        if end < self.end, bytes[end] == UInt8(ascii: "\"") {
            position = end + 1
            return false
        }
        return try skipUnplainString()
    }

    private mutating func skipUnplainString() throws(TaskiqError) -> Bool {
        position += 1
        var isEscaped = false
        while true {
            position = endOfPlainText(from: position)
            guard position < end else { throw malformed("the string does not end") }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return isEscaped
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try skipEscape()
            } else if byte < 0x20 {
                throw malformed("a control character must be escaped in a string")
            } else {
                try skipMultibyteCharacter()
            }
        }
    }

    /// Where the printable ASCII characters end that need no look, found eight at a time.
    @inline(__always)
    private func endOfPlainText(from start: Int) -> Int {
        var index = start
        let raw = UnsafeRawBufferPointer(bytes)
        while index + 8 <= end {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let special = JSONPlainText.specialBytes(of: word)
            guard special == 0 else { return index + special.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < end, JSONPlainText.isPlain(bytes[index]) { index += 1 }
        return index
    }

    private mutating func skipEscape() throws(TaskiqError) {
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
        guard position + length <= end, second.contains(bytes[position + 1]) else {
            throw malformed("a string must be UTF-8")
        }
        for index in position + 2..<max(position + 2, position + length) where bytes[index] & 0xC0 != 0x80 {
            throw malformed("a string must be UTF-8")
        }
        position += length
    }

    private func unescaped(_ range: Range<Int>) -> String {
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

/// Where a key stands, without its quotation marks.
struct JSONKeyRange {
    let range: Range<Int>
    let isEscaped: Bool
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
