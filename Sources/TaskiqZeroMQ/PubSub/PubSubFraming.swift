// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How a message lies in frames: as Python's `ZeroMQBroker` cuts it, one multipart message of consecutive slices.
///
/// The frames mean nothing; whoever receives puts them together again, however they were cut.
enum PubSubFraming {
    /// The length of the slices that Python cuts, in bytes.
    static let pythonFrameSize = 100

    /// Cuts a message.
    ///
    /// - Parameters:
    ///   - payload: the message, not empty.
    ///   - size: the length of all frames but the last, in bytes; nil for one frame.
    /// - Returns: the frames in order; none for an empty message.
    static func frames(of payload: [UInt8], size: Int?) -> [[UInt8]] {
        guard let size, size > 0, size < payload.count else { return payload.isEmpty ? [] : [payload] }
        return stride(from: 0, to: payload.count, by: size).map { start in
            Array(payload[start..<start + min(size, payload.count - start)])
        }
    }

    /// How many frames a message of so many bytes may come in.
    ///
    /// - Parameter bytes: the largest message that is taken, in bytes.
    /// - Returns: as many as Python makes of it, and room for messages that were cut smaller.
    static func maximumFrames(forMessagesOf bytes: Int) -> Int {
        max(1024, bytes / pythonFrameSize + 1)
    }
}
