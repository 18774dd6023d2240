// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

/// A message that was received with its frames put together.
package enum JoinedMessage: Sendable, Hashable {
    /// The bytes of all frames, in order.
    case message([UInt8])
    /// A message of more bytes or more frames than were asked for; it was dropped.
    case oversized(byteCount: Int, frameCount: Int)
}

extension ZeroMQSocket {
    /// Receives a message and puts its frames together, without waiting.
    ///
    /// A message that is too large is read to its end, so that the next call starts with the next message; what it held
    /// is let go as soon as it is over a limit.
    ///
    /// - Parameters:
    ///   - maxBytes: how many bytes all frames may have together.
    ///   - maxFrames: how many frames a message may have.
    /// - Returns: the message, or nil if there is none.
    /// - Throws: `ZeroMQError` with `notSupported` when this kind of socket does not receive, or `closed`.
    package borrowing func receiveJoined(maxBytes: Int, maxFrames: Int) throws(ZeroMQError) -> JoinedMessage? {
        let socket = try handle.open(for: "receive")
        var message = zmq_msg_t()
        zmq_msg_init(&message)
        defer { zmq_msg_close(&message) }

        var bytes: [UInt8] = []
        var (byteCount, frameCount) = (0, 0)
        repeat {
            guard receiveFrame(into: &message, from: socket) else {
                let error = ZeroMQError.last("receive")
                // libzmq shows a message only when all of it is there, so only the first frame can be missing.
                guard error.code == .wouldBlock, frameCount == 0 else { throw error }
                return nil
            }
            frameCount += 1
            byteCount += zmq_msg_size(&message)
            if byteCount <= maxBytes, frameCount <= maxFrames {
                append(&message, to: &bytes)
            } else {
                bytes = []
            }
        } while zmq_msg_more(&message) != 0
        guard byteCount <= maxBytes, frameCount <= maxFrames else {
            return .oversized(byteCount: byteCount, frameCount: frameCount)
        }
        return .message(bytes)
    }

    private borrowing func append(_ message: inout zmq_msg_t, to bytes: inout [UInt8]) {
        let size = zmq_msg_size(&message)
        guard size > 0, let data = zmq_msg_data(&message) else { return }
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: data, count: size))
    }
}
