// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A socket at which clients are waited for.
struct ListeningSocket {
    /// The socket; whoever has the value closes it.
    let descriptor: Int32
    /// Its port, also when the system was to choose it.
    let port: UInt16

    /// Listens.
    ///
    /// - Parameters:
    ///   - host: a name or a number of this machine.
    ///   - port: a port; 0 lets the system choose one.
    /// - Throws: `TaskiqError` with `conflict` when somebody else listens there, with `configuration` when nobody can.
    init(host: String, port: UInt16) throws(TaskiqError) {
        var hints = addrinfo()
        hints.ai_socktype = Sockets.streamType
        hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, "\(port)", &hints, &found)
        guard code == 0, let first = found else {
            throw TaskiqError(
                .configuration,
                "cannot serve metrics at \(host):\(port): \(String(cString: gai_strerror(code)))"
            )
        }
        defer { freeaddrinfo(first) }
        var problem: Int32 = 0
        // A name may stand for several addresses, of which this machine may lack the first.
        for address in sequence(first: first.pointee, next: { $0.ai_next?.pointee }) {
            let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            guard descriptor >= 0 else {
                problem = errno
                continue
            }
            Sockets.prepare(descriptor)
            // Connections of a supervisor that has ended would keep the next one from listening, for a minute.
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
            if bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, listen(descriptor, 64) == 0 {
                self.descriptor = descriptor
                self.port = Self.port(of: descriptor) ?? port
                return
            }
            problem = errno
            close(descriptor)
        }
        throw TaskiqError(
            problem == EADDRINUSE ? .conflict : .configuration,
            problem == EADDRINUSE
                ? "cannot serve metrics at \(host):\(port): another program listens there"
                : "cannot serve metrics at \(host):\(port): \(String(cString: strerror(problem)))"
        )
    }

    private static func port(of descriptor: Int32) -> UInt16? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(descriptor, address, &size) == 0 else { return nil }
                return switch Int32(address.pointee.sa_family) {
                case AF_INET:
                    address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                        UInt16(bigEndian: $0.pointee.sin_port)
                    }
                case AF_INET6:
                    address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                        UInt16(bigEndian: $0.pointee.sin6_port)
                    }
                default: nil
                }
            }
        }
    }
}
