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
        return TaskID(rawValue: hexadecimal(timeOrderedBytes(milliseconds: now, using: &generator)))
    }
}

/// Sixteen bytes in the layout of UUID version 7 (RFC 9562, section 5.7).
package func timeOrderedBytes(
    milliseconds: Int64,
    using generator: inout some RandomNumberGenerator
) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16)
    let time = UInt64(bitPattern: milliseconds)
    for shift in stride(from: UInt64(40), through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: time >> shift))
    }
    let (first, second) = (generator.next(), generator.next())
    bytes.append(0x70 | UInt8(truncatingIfNeeded: first & 0x0F))
    bytes.append(UInt8(truncatingIfNeeded: first >> 8))
    bytes.append(0x80 | UInt8(truncatingIfNeeded: second & 0x3F))
    for shift in stride(from: UInt64(8), through: 56, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: second >> shift))
    }
    return bytes
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
