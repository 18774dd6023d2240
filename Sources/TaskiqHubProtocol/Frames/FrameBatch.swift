// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Several messages to one peer that travel as one frame: libzmq's price is by the frame, and most messages are short.
///
///     magic "TQB" | entries: u32 length, control frame, u32 length, body
///
/// Each entry is what a message of its own would be; it is read and judged by itself.
public struct FrameBatch: Sendable {
    // The last entry comes on top: with the longest one that is short, a batch stays below the 64 KiB that every peer
    // takes, whatever its largest body is.

    /// A batch takes nothing more in when it has so many bytes.
    private static let fullSize = 24 * 1024
    /// A longer body travels by itself: copying it would cost more than its frames do.
    static let largestBody = 4 * 1024
    /// Most receipts, verdicts or deliveries in one entry.
    static let longestList = 1000
    /// Most ids of tasks in one entry.
    static let longestNames = 50

    private static let magic: [UInt8] = [0x54, 0x51, 0x42]
    private static let lengthSize = 4

    private var bytes: [UInt8] = []
    private var entryStart = 0
    /// How many messages it holds.
    public private(set) var count = 0

    /// Makes an empty batch.
    public init() {}

    /// Whether it should be sent before anything else is put in.
    public var isFull: Bool { bytes.count >= Self.fullSize }

    // MARK: Writing

    /// Hands the bytes out for a control frame to be written after them; `append` takes them back.
    mutating func beginEntry() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &self.bytes)
        if bytes.isEmpty { bytes += Self.magic }
        entryStart = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: Self.lengthSize))
        return bytes
    }

    /// Puts a message in.
    ///
    /// - Parameters:
    ///   - frame: its control frame, which is written after what `beginEntry` handed out.
    ///   - write: writes its fields.
    mutating func append(_ frame: consuming ControlFrame, _ write: (inout ControlFrame) -> [UInt8]?) {
        let body = write(&frame) ?? []
        bytes = frame.encoded()
        let length = UInt32(truncatingIfNeeded: bytes.count - entryStart - Self.lengthSize)
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: length.bigEndian, toByteOffset: entryStart, as: UInt32.self) }
        bytes.appendBigEndian(UInt32(truncatingIfNeeded: body.count))
        bytes.append(contentsOf: body)
        count += 1
    }

    /// Takes what was put in, as the frames of one message.
    public mutating func takeFrames() -> [[UInt8]] {
        defer { self = FrameBatch() }
        return [bytes]
    }

    // MARK: Reading

    /// Reads what came from a peer, whether it is one message or a batch of them.
    public struct Reader: Sendable {
        private let frames: [[UInt8]]
        private let isBatch: Bool
        private var position = 0

        /// Begins to read.
        ///
        /// - Parameter frames: the frames as they came, without the routing id.
        public init(_ frames: [[UInt8]]) {
            self.frames = frames
            isBatch = frames.count == 1 && frames[0].starts(with: FrameBatch.magic)
            if isBatch { position = FrameBatch.magic.count }
        }

        /// The next message.
        ///
        /// - Returns: its control frame and its body; nil after the last one.
        /// - Throws: `ProtocolError` for a message that cannot be read; those after it can be, if its length is right.
        public mutating func next() throws(ProtocolError) -> (control: ControlFrame, body: [UInt8])? {
            guard isBatch else {
                guard position == 0 else { return nil }
                position = 1
                return try split(frames)
            }
            let bytes = frames[0]
            guard position < bytes.count else { return nil }
            guard bytes.count <= ProtocolLimits.maximumBatch else {
                position = bytes.count
                throw ProtocolError("the batch has \(bytes.count) bytes; \(ProtocolLimits.maximumBatch) are allowed")
            }
            var reader = ByteReader(bytes, position..<bytes.count)
            // Where the lengths are wrong, nothing after them can be found.
            position = bytes.count
            let control = try reader.take(Int(try reader.integer(UInt32.self)))
            let body = try reader.take(Int(try reader.integer(UInt32.self)))
            position = reader.position
            return (try ControlFrame(bytes, in: control), Array(bytes[body]))
        }
    }
}
