// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Which bytes of a string's text stand for themselves in JSON.
enum JSONPlainText {
    /// Whether a byte is ASCII and needs no escape.
    @inline(__always)
    static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// The top bits of the bytes of a word that are not plain; exact for the lowest of them, which is all that is asked.
    @inline(__always)
    static func specialBytes(of word: UInt64) -> UInt64 {
        escapedBytes(of: word) | word & 0x8080_8080_8080_8080
    }

    /// The top bits of the bytes of a word that must be escaped; exact for the lowest of them.
    @inline(__always)
    static func escapedBytes(of word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ 0x2222_2222_2222_2222
        let backslashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let quote = (quotes &- ones) & ~quotes
        let backslash = (backslashes &- ones) & ~backslashes
        let control = (word &- 0x2020_2020_2020_2020) & ~word
        return (quote | backslash | control) & tops
    }

    /// Copies bytes; of a few, as names and words have, with less ado than a call.
    @inline(__always)
    static func copy(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int) {
        let from = UnsafeRawPointer(source)
        let to = UnsafeMutableRawPointer(target)
        // Two words that overlap where there are fewer bytes.
        if count >= 8, count <= 16 {
            let first = from.loadUnaligned(as: UInt64.self)
            let last = from.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            to.storeBytes(of: first, as: UInt64.self)
            to.storeBytes(of: last, toByteOffset: count - 8, as: UInt64.self)
        } else if count >= 4, count < 8 {
            let first = from.loadUnaligned(as: UInt32.self)
            let last = from.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
            to.storeBytes(of: first, as: UInt32.self)
            to.storeBytes(of: last, toByteOffset: count - 4, as: UInt32.self)
        } else if count > 16, count <= 32 {
            let first = from.loadUnaligned(as: SIMD2<UInt64>.self)
            let last = from.loadUnaligned(fromByteOffset: count - 16, as: SIMD2<UInt64>.self)
            to.storeBytes(of: first, as: SIMD2<UInt64>.self)
            to.storeBytes(of: last, toByteOffset: count - 16, as: SIMD2<UInt64>.self)
        } else {
            to.copyMemory(from: from, byteCount: count)
        }
    }
}
