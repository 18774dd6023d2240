// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

/// A libzmq socket: made, used and closed on one thread.
///
/// libzmq aborts the process when two threads use a socket at once. The type keeps a socket where it was made as far as
/// the compiler can: it cannot be copied, and it is not `Sendable`, so no other thread's closure can capture it. Debug
/// builds check the thread at every call.
///
/// No call waits. To wait, use a ``Poller``; after it reports a socket, receive until there is nothing more, because a
/// poll for every message costs four times as much as the message.
package struct ZeroMQSocket: ~Copyable {
    let handle: SocketHandle

    /// Opens a socket, neither bound nor connected.
    ///
    /// - Parameters:
    ///   - context: the context, which the socket holds until it is closed.
    ///   - kind: the pattern.
    ///   - options: how it behaves.
    /// - Throws: `ZeroMQError` with `tooManySockets`, or with `invalidArgument` for an option out of its range or not
    ///   of that kind of socket.
    package init(
        context: ZeroMQContext,
        kind: SocketKind,
        options: SocketOptions = SocketOptions()
    ) throws(ZeroMQError) {
        let handle = try SocketHandle(context: context, kind: kind)
        try options.set(on: handle)
        self.handle = handle
    }

    deinit {
        handle.close()
    }

    /// Closes the socket; so does dropping it.
    ///
    /// Its descriptors, its tcp port and its place among the context's sockets are freed by libzmq's threads soon
    /// after, and at the latest when the context is gone.
    package consuming func close() {}

    /// The pattern of the socket.
    package var kind: SocketKind { handle.kind }

    /// Takes the messages whose first frame starts with some bytes; of `sub` sockets only.
    ///
    /// - Parameter prefix: the bytes; empty for every message.
    /// - Throws: `ZeroMQError` with `invalidArgument` on a socket of another kind.
    package borrowing func subscribe(_ prefix: [UInt8]) throws(ZeroMQError) {
        let socket = try handle.open(for: "subscribe")
        let result = prefix.withUnsafeBytes { bytes in
            zmq_setsockopt(socket, ZMQ_SUBSCRIBE, bytes.baseAddress, bytes.count)
        }
        guard result == 0 else { throw ZeroMQError.last("subscribe a \(kind) socket") }
    }
}

@available(*, unavailable, message: "a socket stays on the thread that made it")
extension ZeroMQSocket: Sendable {}
