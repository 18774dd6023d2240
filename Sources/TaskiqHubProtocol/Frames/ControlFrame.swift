// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The first frame of every message: what it says, to which session it belongs, and its fields.
///
///     magic "TQ1" | u8 opcode | u16 flags | u16 count of fields | u64 correlation | u64 session | u64 hub epoch
///     field: u8 tag | u32 length | bytes
///
/// Integers are big endian. The flags are 0 in this version.
///
/// The fields stay the bytes they travel as: a frame is read without an array for each of them.
public struct ControlFrame: Sendable, Hashable {
    /// One field.
    public struct Field: Sendable, Hashable {
        /// The name; see `FieldTag`.
        public let tag: UInt8
        /// The value.
        public let bytes: [UInt8]
    }

    /// What the frame says.
    public var opcode: Opcode
    /// Chosen by the asking side, repeated in the answer.
    public var correlation: UInt64
    /// The session that the hub gave its peer; 0 before there is one.
    public var session: UInt64
    /// Which life of the hub the session belongs to; 0 before it is known.
    public var epoch: UInt64
    /// The bytes that hold the frame, among others: the header, and from `start` on the fields, one after the other.
    var storage: [UInt8]
    let start: Int
    private(set) var count: Int

    static let headerSize = 3 + 1 + 2 + 2 + 8 + 8 + 8
    private static let tagAndLength = 1 + 4

    /// Makes a frame without fields.
    ///
    /// - Parameters:
    ///   - opcode: what the frame says.
    ///   - correlation: chosen by the asking side.
    ///   - session: the session it belongs to.
    ///   - epoch: which life of the hub the session belongs to.
    public init(_ opcode: Opcode, correlation: UInt64 = 0, session: UInt64 = 0, epoch: UInt64 = 0) {
        self.init(opcode, correlation: correlation, session: session, epoch: epoch, after: [])
    }

    /// Makes a frame that is written after other bytes.
    init(_ opcode: Opcode, correlation: UInt64, session: UInt64, epoch: UInt64, after bytes: consuming [UInt8]) {
        self.opcode = opcode
        self.correlation = correlation
        self.session = session
        self.epoch = epoch
        count = 0
        start = bytes.count + Self.headerSize
        storage = bytes
        // Room for the header, which is written when the frame is whole, and for what most frames carry.
        if storage.isEmpty { storage.reserveCapacity(192) }
        storage.append(contentsOf: repeatElement(0, count: Self.headerSize))
    }

    /// The fields, in order.
    public var fields: [Field] {
        var fields: [Field] = []
        forEachField { tag, range in fields.append(Field(tag: tag, bytes: Array(storage[range]))) }
        return fields
    }

    /// Where the value of a field is; of one that comes twice, the last counts.
    func range(of wanted: FieldTag) -> Range<Int>? {
        var found: Range<Int>?
        forEachField { tag, range in if tag == wanted.rawValue { found = range } }
        return found
    }

    private func forEachField(_ body: (UInt8, Range<Int>) -> Void) {
        storage.withUnsafeBytes { bytes in
            var position = start
            // The lengths were checked when the frame was read.
            for _ in 0..<count {
                let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position + 1, as: UInt32.self)))
                let value = position + Self.tagAndLength
                body(bytes[position], value..<value + length)
                position = value + length
            }
        }
    }

    // MARK: Writing

    /// Begins a field whose value, of so many bytes, is appended to `storage` next.
    mutating func begin(_ tag: FieldTag, length: Int) {
        count += 1
        storage.append(tag.rawValue)
        storage.appendBigEndian(UInt32(truncatingIfNeeded: length))
    }

    mutating func set(_ tag: FieldTag, _ bytes: [UInt8]) {
        begin(tag, length: bytes.count)
        storage.append(contentsOf: bytes)
    }

    /// The frame as it travels; after the bytes, if any, that it was written after.
    public consuming func encoded() -> [UInt8] {
        let origin = start - Self.headerSize
        var bytes = storage
        storage = []
        bytes.withUnsafeMutableBytes { bytes in
            let bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[origin...])
            bytes.storeBytes(of: UInt32(bigEndian: Self.magic | UInt32(opcode.rawValue)), as: UInt32.self)
            bytes.storeBytes(of: UInt16(0), toByteOffset: 4, as: UInt16.self)
            bytes.storeBytes(of: UInt16(truncatingIfNeeded: count).bigEndian, toByteOffset: 6, as: UInt16.self)
            bytes.storeBytes(of: correlation.bigEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: session.bigEndian, toByteOffset: 16, as: UInt64.self)
            bytes.storeBytes(of: epoch.bigEndian, toByteOffset: 24, as: UInt64.self)
        }
        return bytes
    }

    /// The fields alone, as a body: for lists that may be longer than a control frame.
    var encodedFields: [UInt8] { Array(storage[start...]) }

    /// "TQ1", with room for an opcode after it.
    private static let magic: UInt32 = 0x5451_3100

    // MARK: Reading

    /// Reads a frame.
    ///
    /// - Parameter bytes: the frame as it travelled.
    /// - Throws: `ProtocolError` for anything that is not a frame of this version.
    public init(_ bytes: [UInt8]) throws(ProtocolError) {
        try self.init(bytes, in: bytes.indices)
    }

    /// Reads a frame that is a part of the bytes; it must lie within them.
    init(_ bytes: [UInt8], in part: Range<Int>) throws(ProtocolError) {
        guard part.count <= ProtocolLimits.maximumControlFrame else {
            throw ProtocolError("the control frame is larger than \(ProtocolLimits.maximumControlFrame) bytes")
        }
        var reader = ByteReader(bytes, part)
        let origin = part.lowerBound
        guard part.count >= 3, bytes[origin] == 0x54, bytes[origin + 1] == 0x51, bytes[origin + 2] == 0x31 else {
            throw ProtocolError("the frame does not begin with TQ1")
        }
        reader.skip(3)
        let number = try reader.integer(UInt8.self)
        let opcode = Opcode(rawValue: number)
        _ = try reader.integer(UInt16.self)
        let count = try reader.integer(UInt16.self)
        guard count <= ProtocolLimits.maximumFields else {
            throw ProtocolError("the frame has \(count) fields; \(ProtocolLimits.maximumFields) are allowed")
        }
        self.opcode = opcode ?? .error
        correlation = try reader.integer(UInt64.self)
        session = try reader.integer(UInt64.self)
        epoch = try reader.integer(UInt64.self)
        start = origin + Self.headerSize
        self.count = Int(count)
        storage = bytes
        for _ in 0..<count { try Self.skipField(&reader) }
        guard reader.isAtEnd else { throw ProtocolError("there are bytes after the last field") }
        // Last: a later version's frame is well formed, and can be passed over.
        if opcode == nil { throw ProtocolError("opcode \(number) is not known").about(self, nil) }
    }

    /// Reads the fields of a body; see `encodedFields`.
    init(_ opcode: Opcode, fieldsOf body: [UInt8]) throws(ProtocolError) {
        self.opcode = opcode
        correlation = 0
        session = 0
        epoch = 0
        start = 0
        count = 0
        storage = body
        var reader = ByteReader(body)
        while !reader.isAtEnd {
            guard count < ProtocolLimits.maximumFields else {
                throw ProtocolError("the body has more than \(ProtocolLimits.maximumFields) fields")
            }
            try Self.skipField(&reader)
            count += 1
        }
    }

    private static func skipField(_ reader: inout ByteReader) throws(ProtocolError) {
        let tag = try reader.integer(UInt8.self)
        let length = try reader.integer(UInt32.self)
        try reader.take(Int(length))
        if tag & 0x80 != 0, FieldTag(rawValue: tag) == nil {
            throw ProtocolError("field \(tag) is critical and not known")
        }
    }
}
