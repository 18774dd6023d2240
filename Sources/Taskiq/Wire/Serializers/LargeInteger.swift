// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Integers beyond 64 bits, from digits to bytes and back; up to Python's limit of 4300 digits, so that the square of
/// their length, which this costs, stays small.
enum LargeInteger {
    /// The magnitude of decimal digits, the lowest byte first, with no zero at the top; nil beyond the limit.
    static func littleEndian(digits: ArraySlice<UInt8>) -> [UInt8]? {
        guard digits.count <= FragmentBuilder.maximumDigits else { return nil }
        var limbs: [UInt32] = []
        var rest = digits
        while !rest.isEmpty {
            var factor: UInt64 = 1
            var carry: UInt64 = 0
            for digit in rest.prefix(9) {
                factor *= 10
                carry = carry * 10 + UInt64(digit &- UInt8(ascii: "0"))
            }
            rest = rest.dropFirst(9)
            for index in limbs.indices {
                carry += UInt64(limbs[index]) * factor
                limbs[index] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            if carry > 0 { limbs.append(UInt32(carry)) }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(limbs.count * 4 + 1)
        for limb in limbs {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: limb >> shift))
            }
        }
        while bytes.last == 0 { bytes.removeLast() }
        return bytes
    }

    /// The decimal digits of a magnitude, its lowest byte first; nil beyond the limit.
    static func digits(littleEndian bytes: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        var limbs: [UInt32] = []
        var limb: UInt32 = 0
        var filled: UInt32 = 0
        var count = 0
        for byte in bytes {
            count += 1
            guard count <= FragmentBuilder.maximumIntegerBytes + 1 else { return nil }
            limb |= UInt32(byte) << filled
            filled += 8
            if filled == 32 {
                limbs.append(limb)
                (limb, filled) = (0, 0)
            }
        }
        if filled > 0 { limbs.append(limb) }
        while limbs.last == 0 { limbs.removeLast() }
        guard !limbs.isEmpty else { return [UInt8(ascii: "0")] }
        var reversed: [UInt8] = []
        while !limbs.isEmpty {
            var remainder: UInt64 = 0
            for index in limbs.indices.reversed() {
                let value = remainder << 32 | UInt64(limbs[index])
                limbs[index] = UInt32(value / 1_000_000_000)
                remainder = value % 1_000_000_000
            }
            while limbs.last == 0 { limbs.removeLast() }
            for _ in 0..<9 {
                reversed.append(UInt8(ascii: "0") + UInt8(remainder % 10))
                remainder /= 10
            }
        }
        while reversed.count > 1, reversed.last == UInt8(ascii: "0") { reversed.removeLast() }
        return reversed.count <= FragmentBuilder.maximumDigits ? reversed.reversed() : nil
    }

    /// Adds one to a magnitude, its lowest byte first.
    static func increment(_ bytes: inout [UInt8]) {
        for index in bytes.indices {
            bytes[index] &+= 1
            if bytes[index] != 0 { return }
        }
        bytes.append(1)
    }

    /// Takes one from a magnitude above zero, its lowest byte first.
    static func decrement(_ bytes: inout [UInt8]) {
        for index in bytes.indices {
            bytes[index] &-= 1
            if bytes[index] != 0xFF { break }
        }
        while bytes.last == 0 { bytes.removeLast() }
    }

    /// The magnitude of the two's complement of bytes, the lowest first, and its sign.
    static func magnitude(twosComplement bytes: ArraySlice<UInt8>) -> (magnitude: [UInt8], isNegative: Bool) {
        guard let top = bytes.last, top & 0x80 != 0 else { return (Array(bytes), false) }
        var magnitude = bytes.map(~)
        increment(&magnitude)
        return (magnitude, true)
    }

    /// The shortest two's complement of a number above or below zero, the lowest byte first.
    static func twosComplement(magnitude: [UInt8], isNegative: Bool) -> [UInt8] {
        var bytes = magnitude
        if isNegative {
            decrement(&bytes)
            bytes = bytes.map(~)
            if bytes.last.map({ $0 & 0x80 == 0 }) ?? true { bytes.append(0xFF) }
        } else if let top = bytes.last, top & 0x80 != 0 {
            bytes.append(0)
        }
        return bytes
    }
}
