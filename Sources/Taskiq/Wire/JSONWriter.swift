// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Writes JSON text: compact, UTF-8, no escapes but those that JSON demands.
enum JSONWriter {
    @inline(__always)
    static func write(string text: String, to bytes: inout some JSONSink & ~Copyable) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { characters in
            let end = endOfPlainText(in: characters, from: 0)
            if end == characters.count {
                bytes.append(characters)
            } else {
                writeEscaped(characters, plainTo: end, to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func writeEscaped(
        _ characters: UnsafeBufferPointer<UInt8>,
        plainTo firstEnd: Int,
        to bytes: inout some JSONSink & ~Copyable
    ) {
        var start = 0
        var end = firstEnd
        while true {
            bytes.append(UnsafeBufferPointer(rebasing: characters[start..<end]))
            guard end < characters.count else { return }
            writeEscape(of: characters[end], to: &bytes)
            start = end + 1
            end = endOfPlainText(in: characters, from: start)
        }
    }

    /// Where the characters end that stand for themselves, found eight at a time.
    @inline(__always)
    static func endOfPlainText(in characters: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        let raw = UnsafeRawBufferPointer(characters)
        while index + 8 <= raw.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let special = JSONPlainText.escapedBytes(of: word)
            guard special == 0 else { return index + special.trailingZeroBitCount / 8 }
            index += 8
        }
        // The last word overlaps the one before it.
        if index < raw.count, raw.count >= 8 {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: raw.count - 8, as: UInt64.self))
            if JSONPlainText.escapedBytes(of: word) == 0 { return raw.count }
        }
        while index < raw.count, JSONPlainText.isPlain(raw[index]) || raw[index] >= 0x80 { index += 1 }
        return index
    }

    private static func writeEscape(of byte: UInt8, to bytes: inout some JSONSink & ~Copyable) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case ..<0x20:
            write(literal: "u00", to: &bytes)
            for digit in [byte >> 4, byte & 15] { bytes.append(digit + UInt8(ascii: digit < 10 ? "0" : "W")) }
        default: bytes.append(byte)
        }
    }

    /// Writes an integer that fits a machine word without making a string of it.
    static func write(integer value: Int, to bytes: inout some JSONSink & ~Copyable) {
        if value >= 0, value < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = 20
            var rest = value.magnitude
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                start -= 1
                digits.initializeElement(at: start, to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
                rest = quotient
            } while rest > 0
            if value < 0 {
                start -= 1
                digits.initializeElement(at: start, to: UInt8(ascii: "-"))
            }
            bytes.append(UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    /// Writes a number as Python's `repr` spells it; JSON has no word for what is not finite, so that becomes `null`.
    static func write(double value: Double, to bytes: inout some JSONSink & ~Copyable) {
        write(plain: value.isFinite ? value.description : "null", to: &bytes)
    }

    /// Appends text that is JSON already.
    static func write(plain text: String, to bytes: inout some JSONSink & ~Copyable) {
        var text = text
        text.withUTF8 { bytes.append($0) }
    }

    @inline(__always)
    static func write(_ fragment: JSONFragment, to bytes: inout some JSONSink & ~Copyable) {
        fragment.storage.withUnsafeBufferPointer { storage in
            bytes.append(UnsafeBufferPointer(rebasing: storage[fragment.range]))
        }
    }

    /// How many arrays and objects stand in one another at the deepest place of JSON text.
    static func depth(of text: UnsafeBufferPointer<UInt8>) -> Int {
        var (depth, deepest, isString, index) = (0, 0, false, 0)
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""): isString.toggle()
            // What follows is no end of the string.
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if !isString { depth += 1 }
                deepest = max(deepest, depth)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): if !isString { depth -= 1 }
            default: break
            }
            index += 1
        }
        return deepest
    }

    /// Appends text that is JSON already.
    @inline(__always)
    static func write(literal text: StaticString, to bytes: inout some JSONSink & ~Copyable) {
        text.withUTF8Buffer { bytes.append($0) }
    }

    static func write(_ fragments: [JSONFragment], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        for (index, fragment) in fragments.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(fragment, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Writes an object, each value by the closure.
    @inline(__always)
    static func write<Value>(
        object members: some Sequence<(String, Value)>,
        to bytes: inout [UInt8],
        value write: (Value, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: "{"))
        var first = true
        for (key, value) in members {
            if !first { bytes.append(UInt8(ascii: ",")) }
            first = false
            self.write(string: key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            write(value, &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
