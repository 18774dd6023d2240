// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation

/// A connection that sends whatever bytes it likes: no libzmq on this side.
final class RawConnection {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let descriptor: Int32

    /// Connects to `tcp://127.0.0.1:PORT` or `ipc://PATH`.
    init(_ endpoint: String) throws {
        if let port = UInt16(endpoint.split(separator: ":").last ?? "") {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            try connect(&address)
        } else {
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let path = Array(endpoint.dropFirst("ipc://".count).utf8)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
            try connect(&address)
        }
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    private func connect<Address>(_ address: inout Address) throws {
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Foundation.connect(descriptor, address, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard result == 0 else { throw Failure(description: "cannot connect: \(String(cString: strerror(errno)))") }
    }

    /// Sends bytes; false when the other side has hung up, or takes no more.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The next bytes; nil when the other side has hung up.
    func receive(atMost limit: Int = 65536) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &buffer, limit, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    func isClosed(within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            var byte: UInt8 = 0
            let count = recv(descriptor, &byte, 1, 0)
            if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { return true }
        }
        return false
    }

    // MARK: ZMTP 3

    /// The greeting, and the other side's.
    func greet(mechanism: String = "NULL") throws {
        let name = Array(mechanism.utf8)
        let greeting =
            [0xFF] + [UInt8](repeating: 0, count: 8) + [0x7F, 3, 0] + name
            + [UInt8](repeating: 0, count: 20 - name.count + 32)
        send(greeting)
        var count = 0
        while count < 64, let bytes = receive(atMost: 64 - count) { count += bytes.count }
    }

    /// The end of the handshake without security.
    func ready(socketType: String = "DEALER") throws {
        command(
            "READY",
            [11] + Array("Socket-Type".utf8) + [0, 0, 0, UInt8(socketType.utf8.count)] + Array(socketType.utf8)
        )
    }

    func command(_ name: String, _ body: [UInt8]) {
        let bytes = [UInt8(name.utf8.count)] + Array(name.utf8) + body
        send([0x04, UInt8(bytes.count)] + bytes)
    }

    /// A frame of a message, with its right length.
    @discardableResult
    func frame(_ bytes: [UInt8], more: Bool = false) -> Bool {
        let flag: UInt8 = more ? 1 : 0
        guard bytes.count > 255 else { return send([flag, UInt8(bytes.count)] + bytes) }
        return send([flag | 2] + withUnsafeBytes(of: UInt64(bytes.count).bigEndian, Array.init) + bytes)
    }

    /// The beginning of a frame of a length that need not be true.
    func announce(length: UInt64, flags: UInt8 = 2) {
        send([flags] + withUnsafeBytes(of: length.bigEndian, Array.init) + [1, 2, 3])
    }
}

/// Runs what waits for a socket where it holds nobody up.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "raw-connection").async { continuation.resume(with: Result(catching: body)) }
    }
}
