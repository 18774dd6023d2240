// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Two connected ends, to wake a thread that waits in poll(2).
struct WakePipe {
    /// Becomes readable when the other end is shut down.
    var readEnd: Int32
    var writeEnd: Int32

    /// Makes a pair; nil when the system has none left.
    ///
    /// Sockets rather than a pipe, because a socket that is shut down says so even if a child process that was started at
    /// the wrong moment holds a copy of it.
    static func make() -> WakePipe? {
        #if canImport(Glibc)
        let type = Int32(SOCK_STREAM.rawValue)
        #else
        let type = SOCK_STREAM
        #endif
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return WakePipe(readEnd: ends[0], writeEnd: ends[1])
    }

    /// Makes the read end readable for ever.
    ///
    /// - Parameter writeEnd: the write end, which is closed.
    static func shutDown(_ writeEnd: Int32) {
        shutdown(writeEnd, Int32(SHUT_RDWR))
        close(writeEnd)
    }
}
