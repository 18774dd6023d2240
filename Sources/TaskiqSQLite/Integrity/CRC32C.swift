// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The checksum of Castagnoli, 32 bits, as iSCSI and most stores use it.
///
/// Any flip of one to three bits in rows of our size changes it, and other damage with all but one chance in four
/// billion. Eight bytes are taken at a time, from eight tables: a body of 500 bytes takes a fraction of a microsecond.
struct CRC32C {
    private var state: UInt32 = ~0

    /// The checksum of everything so far.
    var value: UInt32 { ~state }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        var crc = state
        var offset = 0
        Self.tables.withUnsafeBufferPointer { table in
            let end = bytes.count & ~7
            while offset < end {
                let word = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let low = UInt32(truncatingIfNeeded: word) ^ crc
                let high = UInt32(truncatingIfNeeded: word >> 32)
                // Two halves, so that the processor can look four entries up beside the other four.
                let first =
                    table[1792 + Int(low & 255)] ^ table[1536 + Int(low >> 8 & 255)]
                    ^ table[1280 + Int(low >> 16 & 255)] ^ table[1024 + Int(low >> 24)]
                let second =
                    table[768 + Int(high & 255)] ^ table[512 + Int(high >> 8 & 255)]
                    ^ table[256 + Int(high >> 16 & 255)] ^ table[Int(high >> 24)]
                crc = first ^ second
                offset += 8
            }
            while offset < bytes.count {
                crc = table[Int((crc ^ UInt32(bytes[offset])) & 255)] ^ crc >> 8
                offset += 1
            }
        }
        state = crc
    }

    mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    mutating func update(_ number: Int64) {
        withUnsafeBytes(of: number.littleEndian) { update($0) }
    }

    /// Takes a text with its length, so that a letter cannot move from one text to the next unseen.
    mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            update(Int64(utf8.count))
            update(UnsafeRawBufferPointer(utf8))
        }
    }

    /// Entry `256 * k + b`: what the byte `b` does when `k` more bytes follow it.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0x82F6_3B78 }
            tables[byte] = crc
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = tables[Int(before & 255)] ^ before >> 8
        }
        return tables
    }()
}
