// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A 128-bit hash that is the same in every process and every version.
///
/// It is made of two FNV-1a sums of 64 bits with different starting values. It makes identities out of text; it is no
/// protection against somebody who looks for collisions.
package struct StableHash {
    private var first: UInt64 = 0xCBF2_9CE4_8422_2325
    private var second: UInt64 = 0x6C62_272E_07BB_0142

    package init() {}

    /// Takes a text in; texts are kept apart from each other.
    package mutating func combine(_ text: String) {
        for byte in text.utf8 { combine(byte) }
        combine(0xFF)
    }

    private mutating func combine(_ byte: UInt8) {
        first = (first ^ UInt64(byte)) &* 0x100_0000_01B3
        second = (second ^ UInt64(byte ^ 0x5A)) &* 0x100_0000_01B3
        second = second << 1 | second >> 63
    }

    /// The hash as 32 lowercase hexadecimal digits.
    package var hexadecimalDigest: String {
        let bytes = [first, second].flatMap { word in
            stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
        }
        return hexadecimal(bytes)
    }
}
