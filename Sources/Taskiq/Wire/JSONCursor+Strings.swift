// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension JSONCursor {
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
        guard key.range.count == name.count, let first = name.baseAddress else { return key.range.count == name.count }
        return equals(first, at: key.range.lowerBound, count: name.count)
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
    mutating func skipString() throws(TaskiqError) -> Bool {
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
    func endOfPlainText(from start: Int) -> Int {
        var index = start
        let raw = UnsafeRawBufferPointer(bytes)
        while index + 8 <= end {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let special = JSONPlainText.specialBytes(of: word)
            guard special == 0 else { return index + special.trailingZeroBitCount / 8 }
            index += 8
        }
        // Near the end of the text the word reaches back; what lies before is shifted out, and zeros are not plain.
        if index < end, end >= 8 {
            let last = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self))
            let word = last >> UInt64(truncatingIfNeeded: (8 - (end - index)) * 8)
            return index + JSONPlainText.specialBytes(of: word).trailingZeroBitCount / 8
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
