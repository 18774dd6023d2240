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

/// The system's sockets, none of which ever blocks or outlives the process in another.
enum Sockets {
    /// What came of an attempt to read or to write.
    enum Outcome<Value> {
        case some(Value)
        /// Nothing now; another time.
        case wouldBlock
        /// The other side is gone, or has ended its side.
        case ended
    }

    /// Makes a descriptor one that neither blocks nor is inherited, and whose other side's end is no signal.
    static func prepare(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #if canImport(Darwin)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    /// Reads what is there, at most so many bytes.
    static func read(_ descriptor: Int32, atMost limit: Int) -> Outcome<[UInt8]> {
        var result = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            result = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            count = max(0, result)
        }
        if result > 0 { return .some(bytes) }
        return result < 0 && isTransient(errno) ? .wouldBlock : .ended
    }

    /// Writes as many of the bytes as there is room for.
    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Outcome<Int> {
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(truncatingIfNeeded: MSG_NOSIGNAL)
        #endif
        let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
        return count >= 0 ? .some(count) : isTransient(errno) ? .wouldBlock : .ended
    }

    /// Two sockets that are connected with each other.
    static func makePair() throws(TaskiqError) -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, streamType, 0, &ends) == 0 else { throw exhausted("a pair of sockets") }
        return (ends[0], ends[1])
    }

    /// The error of a resource that the system has no more of.
    static func exhausted(_ resource: String) -> TaskiqError {
        let reason = String(cString: strerror(errno))
        return TaskiqError(.configuration, "metrics need \(resource), and the system has none: \(reason)")
    }

    #if canImport(Glibc)
    static let streamType = Int32(SOCK_STREAM.rawValue)
    #else
    static let streamType = SOCK_STREAM
    #endif

    private static func isTransient(_ number: Int32) -> Bool {
        number == EAGAIN || number == EWOULDBLOCK || number == EINTR
    }
}
