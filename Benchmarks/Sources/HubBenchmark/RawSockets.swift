// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQRaw
import Foundation

/// What libzmq itself does with the same bodies between two processes of this machine: the limit to be measured by.
enum RawSockets {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Socket: ~Copyable {
        let context: UnsafeMutableRawPointer
        let pointer: UnsafeMutableRawPointer

        init(_ kind: Int32) throws {
            guard let context = zmq_ctx_new(), let pointer = zmq_socket(context, kind) else {
                throw Failure(description: "no socket: \(String(cString: zmq_strerror(zmq_errno())))")
            }
            self.context = context
            self.pointer = pointer
            var mark: Int32 = 10_000
            zmq_setsockopt(pointer, ZMQ_SNDHWM, &mark, 4)
            zmq_setsockopt(pointer, ZMQ_RCVHWM, &mark, 4)
        }

        func bind(_ endpoint: String) throws {
            guard zmq_bind(pointer, endpoint) == 0 else {
                throw Failure(description: "cannot bind \(endpoint): \(String(cString: zmq_strerror(zmq_errno())))")
            }
        }

        func connect(_ endpoint: String) throws {
            guard zmq_connect(pointer, endpoint) == 0 else {
                throw Failure(description: "cannot connect to \(endpoint)")
            }
        }

        deinit {
            zmq_close(pointer)
            zmq_ctx_term(context)
        }
    }

    // MARK: The other process

    /// Sends so many bodies.
    static func push(to endpoint: String, count: Int, size: Int) throws {
        let socket = try Socket(ZMQ_PUSH)
        try socket.connect(endpoint)
        let body = [UInt8](repeating: 0x78, count: size)
        for _ in 0..<count { zmq_send(socket.pointer, body, body.count, 0) }
    }

    /// Sends back what comes, until an empty message does.
    static func echo(at endpoint: String) throws {
        let socket = try Socket(ZMQ_ROUTER)
        try socket.bind(endpoint)
        var buffers = [[UInt8]](repeating: [UInt8](repeating: 0, count: 4096), count: 2)
        while true {
            let peer = zmq_recv(socket.pointer, &buffers[0], 4096, 0)
            let size = zmq_recv(socket.pointer, &buffers[1], 4096, 0)
            guard peer > 0, size > 0 else { return }
            zmq_send(socket.pointer, buffers[0], Int(peer), ZMQ_SNDMORE)
            zmq_send(socket.pointer, buffers[1], Int(size), 0)
        }
    }

    // MARK: This process

    /// Messages a second, PUSH to PULL.
    static func throughput(in directory: String, count: Int, size: Int) throws -> Double {
        let endpoint = "ipc://\(directory)/raw-push.sock"
        let socket = try Socket(ZMQ_PULL)
        try socket.bind(endpoint)
        let peer = try Child(["raw-push", endpoint, "\(count)", "\(size)"])
        defer { peer.end() }
        var buffer = [UInt8](repeating: 0, count: 4096)
        // The first message starts the clock: connecting is not what is measured.
        zmq_recv(socket.pointer, &buffer, 4096, 0)
        let start = ContinuousClock.now
        for _ in 1..<count { zmq_recv(socket.pointer, &buffer, 4096, 0) }
        return Double(count - 1) / (ContinuousClock.now - start).seconds
    }

    /// Microseconds of each round trip, DEALER to ROUTER and back, one at a time.
    static func roundTrips(in directory: String, count: Int, size: Int) throws -> [Double] {
        let endpoint = "ipc://\(directory)/raw-echo.sock"
        let peer = try Child(["raw-echo", endpoint])
        defer { peer.end() }
        let socket = try Socket(ZMQ_DEALER)
        try socket.connect(endpoint)
        let body = [UInt8](repeating: 0x78, count: size)
        var buffer = [UInt8](repeating: 0, count: 4096)
        var times: [Double] = []
        for index in 0..<count + 100 {
            let start = ContinuousClock.now
            zmq_send(socket.pointer, body, body.count, 0)
            zmq_recv(socket.pointer, &buffer, 4096, 0)
            if index >= 100 { times.append((ContinuousClock.now - start).seconds * 1e6) }
        }
        zmq_send(socket.pointer, body, 0, 0)
        return times.sorted()
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
