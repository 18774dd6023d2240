// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

/// A libzmq context: its I/O threads, and the names of its inproc endpoints.
///
/// Every open socket holds its context, so the context is terminated, once, only after its last socket has been closed.
/// Termination waits until libzmq has let go of every descriptor; with the linger of zero that ``SocketOptions`` starts
/// with, that takes no longer than the I/O thread needs to run. It happens on whatever thread drops the last reference.
///
/// A process must not fork once a context exists: the child would have its descriptors but not its threads.
package final class ZeroMQContext: Sendable {
    /// What a context may use.
    package struct Options: Sendable, Hashable {
        /// How many threads move bytes; one carries about 200 peers.
        package var ioThreads: Int
        /// How many sockets may be open at a time.
        package var maxSockets: Int

        /// Makes options.
        ///
        /// - Parameters:
        ///   - ioThreads: how many threads move bytes.
        ///   - maxSockets: how many sockets may be open at a time.
        package init(ioThreads: Int = 1, maxSockets: Int = 64) {
            self.ioThreads = ioThreads
            self.maxSockets = maxSockets
        }
    }

    /// Something that a build of libzmq may have or lack.
    package enum Capability: String, Sendable, CaseIterable {
        /// Unix domain sockets.
        case ipc
        /// Encryption and authentication of connections.
        case curve
        /// The socket types and options that libzmq does not promise to keep.
        case draft
    }

    // libzmq allows every thread to use a context, unlike a socket.
    private nonisolated(unsafe) let pointer: UnsafeMutableRawPointer

    /// Makes a context; its threads start with its first socket.
    ///
    /// - Parameter options: what it may use.
    /// - Throws: `ZeroMQError` with `invalidArgument` when libzmq refuses a number.
    package init(options: Options = Options()) throws(ZeroMQError) {
        guard let pointer = zmq_ctx_new() else { throw ZeroMQError.last("create a context") }
        let settings = [
            (ZMQ_IO_THREADS, Int32(clamping: options.ioThreads), "IO_THREADS"),
            (ZMQ_MAX_SOCKETS, Int32(clamping: options.maxSockets), "MAX_SOCKETS"),
            (ZMQ_BLOCKY, 0, "BLOCKY"),
        ]
        for (option, value, name) in settings where zmq_ctx_set(pointer, option, value) != 0 {
            let error = ZeroMQError.last("set \(name) to \(value)")
            Self.terminate(pointer)
            throw error
        }
        self.pointer = pointer
    }

    deinit {
        Self.terminate(pointer)
    }

    /// The version of the libzmq that is loaded.
    package static var libraryVersion: LibraryVersion {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        zmq_version(&major, &minor, &patch)
        return LibraryVersion(major: Int(major), minor: Int(minor), patch: Int(patch))
    }

    /// Whether the libzmq that is loaded was built with something.
    ///
    /// - Parameter capability: what to ask for.
    /// - Returns: whether it is there.
    package static func has(_ capability: Capability) -> Bool {
        zmq_has(capability.rawValue) == 1
    }

    /// Opens a socket, for ``SocketHandle`` to own.
    func openSocket(_ kind: SocketKind) throws(ZeroMQError) -> UnsafeMutableRawPointer {
        guard let socket = zmq_socket(pointer, kind.type) else { throw ZeroMQError.last("open a \(kind) socket") }
        return socket
    }

    private static func terminate(_ pointer: UnsafeMutableRawPointer) {
        while zmq_ctx_term(pointer) != 0, czmq_last_error() == ZeroMQError.Code.interrupted.rawValue {}
    }
}
