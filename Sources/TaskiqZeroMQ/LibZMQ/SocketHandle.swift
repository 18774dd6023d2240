// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The one owner of a socket's pointer, shared by the socket and the pollers that watch it.
///
/// A poller cannot borrow a socket for as long as it watches it, so it keeps this instead: once the socket is closed
/// the pointer is gone, and the poller reports that rather than touch freed memory.
final class SocketHandle {
    private var pointer: UnsafeMutableRawPointer?
    // Held while the socket is open, so that the context is not terminated under it.
    private var context: ZeroMQContext?
    private let owner: pthread_t
    let kind: SocketKind
    /// Whether each message is looked at for its sender.
    var knowsSenders = false
    /// Who sent the message that was received last.
    var sender: Int?

    init(context: ZeroMQContext, kind: SocketKind) throws(ZeroMQError) {
        pointer = try context.openSocket(kind)
        self.context = context
        self.kind = kind
        owner = pthread_self()
    }

    deinit {
        close()
    }

    func close() {
        guard let pointer else { return }
        assertOwningThread()
        // Fails only for a pointer that is no socket.
        _ = zmq_close(pointer)
        self.pointer = nil
        context = nil
    }

    /// The pointer, for a call that is made at once.
    ///
    /// - Throws: `ZeroMQError` with `closed`.
    func open(for operation: @autoclosure () -> String) throws(ZeroMQError) -> UnsafeMutableRawPointer {
        assertOwningThread()
        guard let pointer else { throw ZeroMQError(.closed, operation: operation()) }
        return pointer
    }

    func set(_ option: Int32, _ name: String, to value: some FixedWidthInteger) throws(ZeroMQError) {
        let socket = try open(for: "set \(name)")
        let result = withUnsafeBytes(of: value) { bytes in
            zmq_setsockopt(socket, option, bytes.baseAddress, bytes.count)
        }
        guard result == 0 else { throw ZeroMQError.last("set \(name) of a \(kind) socket to \(value)") }
    }

    /// Sets an option to a text, which may be a secret and is not repeated in errors.
    func set(_ option: Int32, _ name: String, to text: String) throws(ZeroMQError) {
        let socket = try open(for: "set \(name)")
        guard zmq_setsockopt(socket, option, text, text.utf8.count) == 0 else {
            throw ZeroMQError.last("set \(name) of a \(kind) socket")
        }
    }

    private func assertOwningThread() {
        assert(pthread_equal(owner, pthread_self()) != 0, "a socket is used on the thread that made it, and no other")
    }
}
