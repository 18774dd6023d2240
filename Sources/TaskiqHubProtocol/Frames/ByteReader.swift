// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads numbers and bytes in order, and never beyond the end.
struct ByteReader {
    private let bytes: [UInt8]
    private let end: Int
    private(set) var position: Int

    init(_ bytes: [UInt8]) {
        self.init(bytes, 0..<bytes.count)
    }

    /// Reads a part of the bytes; it must lie within them.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position >= end }

    mutating func skip(_ count: Int) {
        position = min(position + count, end)
    }

    mutating func integer<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type
    ) throws(ProtocolError) -> Number {
        let start = position
        try take(MemoryLayout<Number>.size)
        return bytes.withUnsafeBytes { Number(bigEndian: $0.loadUnaligned(fromByteOffset: start, as: Number.self)) }
    }

    /// Takes so many bytes.
    ///
    /// - Returns: where they are.
    @discardableResult
    mutating func take(_ count: Int) throws(ProtocolError) -> Range<Int> {
        guard count >= 0, end - position >= count else { throw ProtocolError("the frame ends too early") }
        defer { position += count }
        return position..<position + count
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
