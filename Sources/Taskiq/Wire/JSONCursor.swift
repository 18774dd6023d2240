// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Steps through JSON text in borrowed memory, checking it as it goes.
///
/// It lives only inside the closure that lends it the bytes: what it finds leaves it as offsets and values.
struct JSONCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    let end: Int
    var position: Int

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
    @inline(__always)
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
        var cursor = at(range)
        guard let value = cursor.takeSmallInteger(), cursor.position == range.upperBound else { return nil }
        return value
    }

    /// Takes a number of plain digits that cannot overflow; leaves any other in its midst.
    @inline(__always)
    mutating func takeSmallInteger() -> Int? {
        let isNegative = position < end && bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let first = position
        var value = 0
        while position < end {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value &* 10 &+ Int(digit)
            position += 1
        }
        guard position > first, position - first <= 18 else { return nil }
        if position < end, bytes[position] == UInt8(ascii: ".") || bytes[position] | 0x20 == UInt8(ascii: "e") {
            return nil
        }
        return isNegative ? -value : value
    }

    /// Takes `true` or `false`; anything else is left.
    @inline(__always)
    mutating func takeBool() -> Bool? {
        if take(literal: "true") { return true }
        return take(literal: "false") ? false : nil
    }

    /// Takes text that must stand here to the letter.
    @inline(__always)
    mutating func take(literal text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard count <= end - position, equals(text.utf8Start, at: position, count: count) else { return false }
        position += count
        return true
    }

    /// Whether bytes within the text are these.
    @inline(__always)
    func equals(_ other: UnsafePointer<UInt8>, at start: Int, count: Int) -> Bool {
        let mine = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + start)
        let theirs = UnsafeRawPointer(other)
        var index = 0
        while index + 8 <= count {
            if Self.differ(mine, theirs, at: index, UInt64.self) { return false }
            index += 8
        }
        if index == count { return true }
        // The last part overlaps what was compared.
        if count >= 8 { return !Self.differ(mine, theirs, at: count - 8, UInt64.self) }
        if count >= 4 {
            return !Self.differ(mine, theirs, at: 0, UInt32.self)
                && !Self.differ(mine, theirs, at: count - 4, UInt32.self)
        }
        while index < count, bytes[start + index] == other[index] { index += 1 }
        return index == count
    }

    @inline(__always)
    private static func differ<Word: FixedWidthInteger & BitwiseCopyable>(
        _ left: UnsafeRawPointer,
        _ right: UnsafeRawPointer,
        at offset: Int,
        _ type: Word.Type
    ) -> Bool {
        left.loadUnaligned(fromByteOffset: offset, as: type) != right.loadUnaligned(fromByteOffset: offset, as: type)
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

    /// Takes what stands before the value of an object's next member, if its key is spelled so, without escapes; takes
    /// nothing otherwise.
    @inline(__always)
    mutating func takeKey(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = position
        _ = peek()
        position += 1
        guard peek() == UInt8(ascii: "\""), name.count < end - position - 1,
            bytes[position + 1 + name.count] == UInt8(ascii: "\""),
            name.baseAddress.map({ equals($0, at: position + 1, count: name.count) }) ?? true
        else {
            position = start
            return false
        }
        position += name.count + 2
        guard take(UInt8(ascii: ":")) else {
            position = start
            return false
        }
        _ = peek()
        return true
    }

    // MARK: Values

    @inline(__always)
    private mutating func skipValue(depth: Int) throws(TaskiqError) {
        guard peek() == UInt8(ascii: "\""), depth < JSONScanner.maximumDepth else { return try skipOther(depth: depth) }
        _ = try skipString()
    }

    /// Steps over a value that is no string.
    private mutating func skipOther(depth: Int) throws(TaskiqError) {
        guard depth < JSONScanner.maximumDepth else {
            throw malformed("the value is nested more than \(JSONScanner.maximumDepth) levels deep")
        }
        switch peek() {
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

    @inline(__always)
    private mutating func skip(_ literal: StaticString) throws(TaskiqError) {
        if take(literal: literal) { return }
        let wanted = UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
        position += zip(wanted, bytes[position..<end]).prefix { $0 == $1 }.count
        throw malformed("expected \(literal)")
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
