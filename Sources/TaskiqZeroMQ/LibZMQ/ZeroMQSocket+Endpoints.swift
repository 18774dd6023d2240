// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

extension ZeroMQSocket {
    /// Listens on an endpoint.
    ///
    /// An ipc path is taken without asking: libzmq removes what is there, even the socket of a program that is alive.
    /// Who must be the only one to listen needs a lock of its own. The file stays behind when the socket is closed.
    ///
    /// - Parameter endpoint: for example `ipc:///run/app/front.sock`, or `tcp://127.0.0.1:*` for a free port.
    /// - Throws: `ZeroMQError`, whose description says what to do.
    package borrowing func bind(_ endpoint: String) throws(ZeroMQError) {
        let socket = try handle.open(for: "bind")
        try Self.checkPort(of: endpoint, for: "bind")
        guard zmq_bind(socket, endpoint) == 0 else { throw ZeroMQError.last("bind", endpoint: endpoint) }
    }

    /// Connects to an endpoint, now or as soon as somebody listens there, and again whenever the connection is lost.
    ///
    /// - Parameter endpoint: for example `ipc:///run/app/front.sock`.
    /// - Throws: `ZeroMQError` when the endpoint is malformed; never because nobody listens.
    package borrowing func connect(_ endpoint: String) throws(ZeroMQError) {
        let socket = try handle.open(for: "connect")
        try Self.checkPort(of: endpoint, for: "connect")
        guard zmq_connect(socket, endpoint) == 0 else { throw ZeroMQError.last("connect", endpoint: endpoint) }
    }

    /// Stops listening on an endpoint; connections that exist are kept.
    ///
    /// - Parameter endpoint: as ``lastEndpoint()`` said after binding.
    /// - Throws: `ZeroMQError` with `notFound` when the socket does not listen there.
    package borrowing func unbind(_ endpoint: String) throws(ZeroMQError) {
        let socket = try handle.open(for: "unbind")
        guard zmq_unbind(socket, endpoint) == 0 else { throw ZeroMQError.last("unbind", endpoint: endpoint) }
    }

    /// Disconnects from an endpoint; messages that wait for it are dropped.
    ///
    /// - Parameter endpoint: as it was connected.
    /// - Throws: `ZeroMQError` with `notFound` when the socket is not connected there.
    package borrowing func disconnect(_ endpoint: String) throws(ZeroMQError) {
        let socket = try handle.open(for: "disconnect")
        guard zmq_disconnect(socket, endpoint) == 0 else { throw ZeroMQError.last("disconnect", endpoint: endpoint) }
    }

    /// The endpoint of the last bind or connect, with the port or path that a wildcard became.
    ///
    /// - Returns: the endpoint; empty before the first.
    /// - Throws: `ZeroMQError` with `closed`.
    package borrowing func lastEndpoint() throws(ZeroMQError) -> String {
        let socket = try handle.open(for: "read the last endpoint")
        var result: Int32 = 0
        // Room for the longest name of a host and a port.
        let text = String(unsafeUninitializedCapacity: 1024) { buffer in
            var size = buffer.count
            result = zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, buffer.baseAddress, &size)
            // The size counts the terminator.
            return result == 0 ? max(size - 1, 0) : 0
        }
        guard result == 0 else { throw ZeroMQError.last("read the last endpoint") }
        return text
    }

    /// Refuses what libzmq would silently make another port of: it takes 99999 for 34463, and 80x for 80.
    private static func checkPort(of endpoint: String, for operation: String) throws(ZeroMQError) {
        guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return }
        let port = endpoint[endpoint.index(after: colon)...]
        guard port != "*" else { return }
        guard port.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), UInt16(port) != nil else {
            throw ZeroMQError(.invalidArgument, operation: operation, endpoint: endpoint)
        }
    }
}
