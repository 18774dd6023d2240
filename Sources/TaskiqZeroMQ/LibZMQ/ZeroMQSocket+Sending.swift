// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

/// What became of a message that was to be sent.
package enum SendResult: Sendable, Hashable {
    /// libzmq has the whole message.
    ///
    /// Whether the peer gets it, only the peer's answer says: the connection may be lost at any time.
    case sent
    /// No peer can take it now; nothing of it was kept.
    case wouldBlock
    /// A router has no peer of that routing id; nothing of it was kept.
    case unreachable
}

extension ZeroMQSocket {
    /// Sends a message whole or not at all, without waiting.
    ///
    /// The first frame decides: libzmq looks for a peer with room when it takes that frame, counts room in messages,
    /// and shows the peer nothing before the last frame is there. A router takes the peer's routing id as the first
    /// frame, and says for it, and only for it, that the peer is unreachable or full.
    ///
    /// What can still happen between two frames is that the peer goes away. A router then drops the rest by itself. A
    /// dealer or push socket reports it for one frame, takes back those before, and swallows those after up to the
    /// last: they have to be sent all the same, or it would swallow the next message in their place and call it sent.
    ///
    /// - Parameter frames: one or more frames; for a router two or more, since libzmq ignores an address without a
    ///   message.
    /// - Returns: what became of it.
    /// - Throws: `ZeroMQError` with `invalidArgument` for too few frames, `notSupported` when this kind of socket does
    ///   not send, or `closed`. An error in the middle of a message closes the socket, with the half message in it.
    package borrowing func send(_ frames: [[UInt8]]) throws(ZeroMQError) -> SendResult {
        let socket = try handle.open(for: "send")
        guard frames.count >= (kind == .router ? 2 : 1) else {
            throw ZeroMQError(.invalidArgument, operation: "send a message of \(frames.count) frames")
        }
        var result = SendResult.sent
        for index in frames.indices {
            let isLast = index == frames.index(before: frames.endIndex)
            guard !sendFrame(frames[index], flags: isLast ? ZMQ_DONTWAIT : ZMQ_DONTWAIT | ZMQ_SNDMORE, to: socket)
            else {
                continue
            }
            let error = ZeroMQError.last("send")
            switch error.code {
            case .wouldBlock where index == frames.startIndex: return .wouldBlock
            case .hostUnreachable where index == frames.startIndex: return .unreachable
            case .wouldBlock: result = .wouldBlock
            default:
                if index > frames.startIndex { handle.close() }
                throw error
            }
        }
        return result
    }

    private borrowing func sendFrame(_ frame: [UInt8], flags: Int32, to socket: UnsafeMutableRawPointer) -> Bool {
        frame.withUnsafeBytes { bytes in
            while zmq_send(socket, bytes.baseAddress, bytes.count, flags) < 0 {
                // Nothing of the frame was taken, so it is sent again.
                guard czmq_last_error() == ZeroMQError.Code.interrupted.rawValue else { return false }
            }
            return true
        }
    }
}
