// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron

extension TaskID {
    /// Makes a new id: 32 lowercase hexadecimal digits, as Python's generator does, in the layout of UUID version 7.
    ///
    /// The first 48 bits are the time, so that ids made one after the other sort (and are stored) beside each other.
    ///
    /// - Returns: an id that is unique for all practical purposes (74 random bits).
    public static func generate() -> TaskID {
        var generator = PooledRandomNumberGenerator()
        let now = WallClock.now.millisecondsSinceEpoch
        let (high, low) = timeOrderedWords(milliseconds: now, using: &generator)
        return TaskID(rawValue: hexadecimal(high, low))
    }
}

/// Sixteen bytes in the layout of UUID version 7 (RFC 9562, section 5.7), as two big-endian words.
package func timeOrderedWords(
    milliseconds: Int64,
    using generator: inout some RandomNumberGenerator
) -> (high: UInt64, low: UInt64) {
    let version: UInt64 = 0x7000
    let variant: UInt64 = 0x8000_0000_0000_0000
    let time = UInt64(bitPattern: milliseconds) << 16
    return (time | version | generator.next() & 0x0FFF, variant | generator.next() & 0x3FFF_FFFF_FFFF_FFFF)
}

/// Two words as 32 lowercase hexadecimal digits.
package func hexadecimal(_ high: UInt64, _ low: UInt64) -> String {
    String(unsafeUninitializedCapacity: 32) { buffer in
        for position in 0..<32 {
            let word = position < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - position % 16 * 4)) & 0xF
            buffer[position] = digit < 10 ? 0x30 + digit : 0x57 + digit
        }
        return 32
    }
}

/// The bytes as lowercase hexadecimal digits.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
