// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads big-endian integers and runs of bytes, never beyond the end.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func skip(_ count: Int) {
        position = min(position + count, bytes.count)
    }

    mutating func integer<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type
    ) throws(ProtocolError) -> Number {
        let size = MemoryLayout<Number>.size
        guard bytes.count - position >= size else { throw ProtocolError("the frame ends too early") }
        var value: Number = 0
        for byte in bytes[position..<position + size] { value = value << 8 | Number(byte) }
        position += size
        return value
    }

    mutating func bytes(_ count: Int) throws(ProtocolError) -> [UInt8] {
        guard count >= 0, bytes.count - position >= count else { throw ProtocolError("the frame ends too early") }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func lease() throws(ProtocolError) -> LeaseKey {
        LeaseKey(
            sequence: Int64(bitPattern: try integer(UInt64.self)),
            attempt: Int32(bitPattern: try integer(UInt32.self))
        )
    }
}

extension [UInt8] {
    mutating func appendBigEndian(_ number: some FixedWidthInteger) {
        var number = number.bigEndian
        Swift.withUnsafeBytes(of: &number) { append(contentsOf: $0) }
    }
}
