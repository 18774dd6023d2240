// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The content of JSON strings, from UTF-8 in which lone surrogates may stand as three bytes (`surrogatepass`).
enum JSONText {
    /// Writes text with the escapes that JSON demands, and those of lone surrogates, which have no other form.
    static func append(escaping text: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        var index = text.startIndex
        var start = index
        while index < text.endIndex {
            let byte = text[index]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte != 0xED {
                index += 1
                continue
            }
            if byte == 0xED {
                guard let unit = surrogate(in: text, at: index) else {
                    index += 3
                    continue
                }
                bytes.append(contentsOf: text[start..<index])
                append(codeUnit: unit, to: &bytes)
                index += 3
            } else {
                bytes.append(contentsOf: text[start..<index])
                append(escape: byte, to: &bytes)
                index += 1
            }
            start = index
        }
        bytes.append(contentsOf: text[start...])
    }

    /// Writes text in ASCII as Python does: DEL and all beyond it as `\uXXXX`, in lower-case digits.
    static func append(escapingToASCII text: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte < 0x7F {
                if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                    bytes.append(byte)
                } else {
                    append(escape: byte, to: &bytes)
                }
                index += 1
                continue
            }
            let length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            var codePoint = length == 1 ? UInt32(byte) : UInt32(byte) & (0x7F >> UInt32(length))
            for place in index + 1..<max(index + 1, min(index + length, text.endIndex)) {
                codePoint = codePoint << 6 | UInt32(text[place] & 0x3F)
            }
            if codePoint > 0xFFFF {
                append(codeUnit: 0xD800 + (codePoint - 0x10000) >> 10 & 0x3FF, to: &bytes)
                append(codeUnit: 0xDC00 + codePoint & 0x3FF, to: &bytes)
            } else {
                append(codeUnit: codePoint, to: &bytes)
            }
            index += length
        }
    }

    /// Where text stops being UTF-8, by table 3-7 of the Unicode standard, or UTF-8 with lone surrogates as three bytes;
    /// nil when it is.
    static func firstInvalid(in text: ArraySlice<UInt8>, allowingSurrogates: Bool = false) -> Int? {
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte < 0x80 {
                index += 1
                continue
            }
            let length: Int
            var second: ClosedRange<UInt8> = 0x80...0xBF
            switch byte {
            case 0xC2...0xDF: length = 2
            case 0xE0: (length, second) = (3, 0xA0...0xBF)
            case 0xED: (length, second) = (3, allowingSurrogates ? 0x80...0xBF : 0x80...0x9F)
            case 0xE1...0xEF: length = 3
            case 0xF0: (length, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: length = 4
            case 0xF4: (length, second) = (4, 0x80...0x8F)
            default: return index
            }
            guard index + length <= text.endIndex, second.contains(text[index + 1]) else { return index }
            for place in index + 2..<max(index + 2, index + length) where text[place] & 0xC0 != 0x80 { return index }
            index += length
        }
        return nil
    }

    private static func surrogate(in text: ArraySlice<UInt8>, at index: Int) -> UInt32? {
        guard index + 2 < text.endIndex, text[index + 1] >= 0xA0 else { return nil }
        return 0xD000 | UInt32(text[index + 1] & 0x3F) << 6 | UInt32(text[index + 2] & 0x3F)
    }

    private static func append(escape byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0..<0x20:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digit(UInt32(byte) >> 4))
            bytes.append(digit(UInt32(byte)))
        default: bytes.append(byte)
        }
    }

    private static func append(codeUnit: UInt32, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "\\u".utf8)
        for shift in stride(from: UInt32(12), through: 0, by: -4) { bytes.append(digit(codeUnit >> shift)) }
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value & 15)
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
