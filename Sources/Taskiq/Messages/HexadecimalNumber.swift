// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Sixteen bytes that are written as 32 lowercase hexadecimal digits, eight of which are converted at a time.
struct HexadecimalNumber: Hashable, Sendable {
    static let digitCount = 32
    // The bytes in order, the first in the lowest bits.
    private var quarters: (UInt32, UInt32, UInt32, UInt32)

    /// Reads digits; nil for any other text.
    @inline(__always)
    init?(_ digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == Self.digitCount, let start = UnsafeRawPointer(digits.baseAddress),
            let first = Self.quarter(start), let second = Self.quarter(start + 8),
            let third = Self.quarter(start + 16), let fourth = Self.quarter(start + 24)
        else { return nil }
        quarters = (first, second, third, fourth)
    }

    /// Writes the 32 digits.
    @inline(__always)
    func write(to target: UnsafeMutableRawPointer) {
        target.storeBytes(of: Self.digits(quarters.0).littleEndian, as: UInt64.self)
        target.storeBytes(of: Self.digits(quarters.1).littleEndian, toByteOffset: 8, as: UInt64.self)
        target.storeBytes(of: Self.digits(quarters.2).littleEndian, toByteOffset: 16, as: UInt64.self)
        target.storeBytes(of: Self.digits(quarters.3).littleEndian, toByteOffset: 24, as: UInt64.self)
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// Four bytes of eight digits; nil unless they are digits and lowercase.
    @inline(__always)
    private static func quarter(_ start: UnsafeRawPointer) -> UInt32? {
        let word = UInt64(littleEndian: start.loadUnaligned(as: UInt64.self))
        // Bit 6 tells letters from digits.
        let values = (word & 0x0F0F_0F0F_0F0F_0F0F) &+ ((word >> 6) & ones) &* 9
        guard values & 0xF0F0_F0F0_F0F0_F0F0 == 0, characters(of: values) == word else { return nil }
        var packed = (values << 4 | values >> 8) & 0x00FF_00FF_00FF_00FF
        packed = (packed | packed >> 8) & 0x0000_FFFF_0000_FFFF
        return UInt32(truncatingIfNeeded: packed | packed >> 16)
    }

    /// The eight digits of four bytes.
    @inline(__always)
    private static func digits(_ quarter: UInt32) -> UInt64 {
        var spread = UInt64(quarter)
        spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
        return characters(of: (spread >> 4 | spread << 8) & 0x0F0F_0F0F_0F0F_0F0F)
    }

    /// The characters of eight values below 16.
    @inline(__always)
    private static func characters(of values: UInt64) -> UInt64 {
        let letters = ((values &+ 6 &* ones) >> 4) & ones
        return values &+ 0x30 &* ones &+ letters &* 0x27
    }
}

extension HexadecimalNumber {
    static func == (left: HexadecimalNumber, right: HexadecimalNumber) -> Bool { left.quarters == right.quarters }

    func hash(into hasher: inout Hasher) {
        hasher.combine(quarters.0)
        hasher.combine(quarters.1)
        hasher.combine(quarters.2)
        hasher.combine(quarters.3)
    }
}

extension HexadecimalNumber: CustomStringConvertible {
    var description: String {
        String(unsafeUninitializedCapacity: Self.digitCount) { digits in
            digits.baseAddress.map { write(to: UnsafeMutableRawPointer($0)) }
            return digits.baseAddress == nil ? 0 : Self.digitCount
        }
    }
}
