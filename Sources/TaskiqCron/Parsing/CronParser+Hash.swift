// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronParser {
    /// `H`, `H/n`, `H(a-b)` and `H(a-b)/n`: values that the seed chooses.
    mutating func hashed(_ field: CronField) throws(CronError) -> UInt64 {
        let start = position
        try require(.hash, field, start..<endOfElement(from: start))
        guard field.kind != .year else { throw unknownWord(field, start..<(start + 1)) }
        position += 1
        var first = field.minimum
        // Days that every month has, so that a job runs in each of them.
        var last = field.kind == .dayOfMonth ? 28 : field.starMaximum
        if peek == UInt8(ascii: "(") {
            position += 1
            first = try value(field)
            guard peek == UInt8(ascii: "-") else { throw incompleteHash(field, start) }
            position += 1
            last = try value(field)
            guard peek == UInt8(ascii: ")") else { throw incompleteHash(field, start) }
            position += 1
            if last < first { last += field.cycle }
        }
        let count = last - first + 1
        let hash = Self.hash(seed, field.kind)
        var step = 1
        var bits: UInt64
        if peek == UInt8(ascii: "/") {
            position += 1
            step = try self.step(field)
            let offset = Int(hash % UInt64(min(step, count)))
            bits = Self.bits(from: first + offset, through: last, step: step, in: field)
            single = -1
        } else {
            let value = first + Int(hash % UInt64(count))
            single = value > field.starMaximum ? value - field.cycle : value
            bits = 1 << UInt64(single)
        }
        elements?.append(
            CronElement(field: field, value: .hashed(from: first, through: last), step: step, range: start..<position)
        )
        return bits
    }

    private func incompleteHash(_ field: CronField, _ start: Int) -> CronError {
        failure(
            .syntax,
            "a range for H has the form H(a-b)",
            field: field,
            start..<endOfElement(from: start)
        )
    }

    /// A hash of the seed and the field that is the same on every machine and in every version (FNV-1a, finished as
    /// SplitMix64 does, which spreads the low bits).
    static func hash(_ seed: String, _ kind: CronField.Kind) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in seed.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ UInt64(kind.rawValue)) &* 0x100_0000_01B3
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 31)
    }
}
