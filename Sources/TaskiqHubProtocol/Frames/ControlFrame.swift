// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The first frame of every message: what it says, to which session it belongs, and its fields.
///
///     magic "TQ1" | u8 opcode | u16 flags | u16 count of fields | u64 correlation | u64 session | u64 hub epoch
///     field: u8 tag | u32 length | bytes
///
/// Integers are big endian. The flags are 0 in this version.
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
    /// The fields.
    public private(set) var fields: [Field] = []

    private static let magic = Array("TQ1".utf8)
    private static let headerSize = 3 + 1 + 2 + 2 + 8 + 8 + 8

    /// Makes a frame without fields.
    ///
    /// - Parameters:
    ///   - opcode: what the frame says.
    ///   - correlation: chosen by the asking side.
    ///   - session: the session it belongs to.
    ///   - epoch: which life of the hub the session belongs to.
    public init(_ opcode: Opcode, correlation: UInt64 = 0, session: UInt64 = 0, epoch: UInt64 = 0) {
        self.opcode = opcode
        self.correlation = correlation
        self.session = session
        self.epoch = epoch
    }

    mutating func set(_ tag: FieldTag, _ bytes: [UInt8]) {
        fields.append(Field(tag: tag.rawValue, bytes: bytes))
    }

    // MARK: Bytes

    /// The frame as it travels.
    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerSize + sizeOfFields)
        bytes.append(contentsOf: Self.magic)
        bytes.append(opcode.rawValue)
        bytes.appendBigEndian(UInt16(0))
        bytes.appendBigEndian(UInt16(truncatingIfNeeded: fields.count))
        bytes.appendBigEndian(correlation)
        bytes.appendBigEndian(session)
        bytes.appendBigEndian(epoch)
        append(fieldsTo: &bytes)
        return bytes
    }

    /// The fields alone, as a body: for lists that may be longer than a control frame.
    var encodedFields: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(sizeOfFields)
        append(fieldsTo: &bytes)
        return bytes
    }

    private var sizeOfFields: Int { fields.reduce(0) { $0 + 5 + $1.bytes.count } }

    private func append(fieldsTo bytes: inout [UInt8]) {
        for field in fields {
            bytes.append(field.tag)
            bytes.appendBigEndian(UInt32(truncatingIfNeeded: field.bytes.count))
            bytes.append(contentsOf: field.bytes)
        }
    }

    /// Reads a frame.
    ///
    /// - Parameter bytes: the frame as it travelled.
    /// - Throws: `ProtocolError` for anything that is not a frame of this version.
    public init(_ bytes: [UInt8]) throws(ProtocolError) {
        guard bytes.count <= ProtocolLimits.maximumControlFrame else {
            throw ProtocolError("the control frame is larger than \(ProtocolLimits.maximumControlFrame) bytes")
        }
        var reader = ByteReader(bytes)
        guard bytes.starts(with: Self.magic) else { throw ProtocolError("the frame does not begin with TQ1") }
        reader.skip(Self.magic.count)
        let number = try reader.integer(UInt8.self)
        guard let opcode = Opcode(rawValue: number) else { throw ProtocolError("opcode \(number) is not known") }
        _ = try reader.integer(UInt16.self)
        let count = try reader.integer(UInt16.self)
        guard count <= ProtocolLimits.maximumFields else {
            throw ProtocolError("the frame has \(count) fields; \(ProtocolLimits.maximumFields) are allowed")
        }
        self.opcode = opcode
        correlation = try reader.integer(UInt64.self)
        session = try reader.integer(UInt64.self)
        epoch = try reader.integer(UInt64.self)
        for _ in 0..<count { fields.append(try Self.field(from: &reader)) }
        guard reader.isAtEnd else { throw ProtocolError("there are bytes after the last field") }
    }

    /// Reads the fields of a body; see `encodedFields`.
    init(_ opcode: Opcode, fieldsOf body: [UInt8]) throws(ProtocolError) {
        self.init(opcode)
        var reader = ByteReader(body)
        while !reader.isAtEnd {
            guard fields.count < ProtocolLimits.maximumFields else {
                throw ProtocolError("the body has more than \(ProtocolLimits.maximumFields) fields")
            }
            fields.append(try Self.field(from: &reader))
        }
    }

    private static func field(from reader: inout ByteReader) throws(ProtocolError) -> Field {
        let tag = try reader.integer(UInt8.self)
        let length = try reader.integer(UInt32.self)
        let value = try reader.bytes(Int(length))
        if tag & 0x80 != 0, FieldTag(rawValue: tag) == nil {
            throw ProtocolError("field \(tag) is critical and not known")
        }
        return Field(tag: tag, bytes: value)
    }
}
