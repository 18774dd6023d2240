// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

/// A message that was received.
package enum ReceivedMessage: Sendable, Hashable {
    /// A message with all its frames; a router puts the peer's routing id before them.
    case message([[UInt8]])
    /// A message of more frames than were asked for.
    ///
    /// The first frames are here, so that a router can say which peer it was; the others are dropped. `frameCount` is
    /// how many there were in all.
    case oversized([[UInt8]], frameCount: Int)
}

extension ZeroMQSocket {
    /// Receives a message, without waiting.
    ///
    /// A message of more frames is read to its end, so that the next call starts with the next message, but no more
    /// than `maxFrames` of it are copied. Each frame is at most as large as ``SocketOptions/maximumFrameSize``.
    ///
    /// - Parameter maxFrames: how many frames a message may have; for a router with the routing id.
    /// - Returns: the message, or nil if there is none.
    /// - Throws: `ZeroMQError` with `notSupported` when this kind of socket does not receive, or `closed`.
    package borrowing func receive(maxFrames: Int) throws(ZeroMQError) -> ReceivedMessage? {
        let socket = try handle.open(for: "receive")
        var message = zmq_msg_t()
        zmq_msg_init(&message)
        defer { zmq_msg_close(&message) }

        guard receiveFrame(into: &message, from: socket) else {
            let error = ZeroMQError.last("receive")
            guard error.code == .wouldBlock else { throw error }
            return nil
        }
        handle.sender = nil
        var frames: [[UInt8]] = []
        frames.reserveCapacity(min(max(maxFrames, 0), 4))
        var count = 1
        if count <= maxFrames { frames.append(bytes(of: &message)) }
        while zmq_msg_more(&message) != 0 {
            // libzmq shows a message only when all of it is there, so this does not have to wait.
            guard receiveFrame(into: &message, from: socket) else { throw ZeroMQError.last("receive") }
            count += 1
            // The first frame is the router's own, and came from nobody.
            if count == 2 { noteSender(of: &message) }
            if count <= maxFrames { frames.append(bytes(of: &message)) }
        }
        return count <= maxFrames ? .message(frames) : .oversized(frames, frameCount: count)
    }

    borrowing func receiveFrame(into message: inout zmq_msg_t, from socket: UnsafeMutableRawPointer) -> Bool {
        // Receiving frees what the message held before.
        while zmq_msg_recv(&message, socket, ZMQ_DONTWAIT) < 0 {
            guard czmq_last_error() == ZeroMQError.Code.interrupted.rawValue else { return false }
        }
        return true
    }

    private borrowing func bytes(of message: inout zmq_msg_t) -> [UInt8] {
        let size = zmq_msg_size(&message)
        guard size > 0, let data = zmq_msg_data(&message) else { return [] }
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(start: data, count: size))
            count = size
        }
    }
}
