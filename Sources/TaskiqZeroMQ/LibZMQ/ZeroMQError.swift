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

/// What libzmq refused: the error number, what was asked of it, and of which endpoint.
package struct ZeroMQError: Error, Sendable, Hashable {
    /// An error number of the system, or one of libzmq's own.
    package struct Code: RawRepresentable, Sendable, Hashable {
        /// The error number as libzmq gives it.
        package var rawValue: Int32

        /// Makes a code.
        ///
        /// - Parameter rawValue: the error number.
        package init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Another socket listens on that address (EADDRINUSE).
        package static let addressInUse = Code(rawValue: EADDRINUSE)
        /// This machine does not have that address (EADDRNOTAVAIL).
        package static let addressNotAvailable = Code(rawValue: EADDRNOTAVAIL)
        /// The user may not do that (EACCES).
        package static let permissionDenied = Code(rawValue: EACCES)
        /// No such directory, or no such bound or connected endpoint (ENOENT).
        package static let notFound = Code(rawValue: ENOENT)
        /// No network interface has that name (ENODEV).
        package static let noDevice = Code(rawValue: ENODEV)
        /// Not possible without waiting (EAGAIN).
        package static let wouldBlock = Code(rawValue: EAGAIN)
        /// A signal came in between (EINTR).
        package static let interrupted = Code(rawValue: EINTR)
        /// No peer has that routing id (EHOSTUNREACH).
        package static let hostUnreachable = Code(rawValue: EHOSTUNREACH)
        /// Something in the request is malformed (EINVAL).
        package static let invalidArgument = Code(rawValue: EINVAL)
        /// The context has been terminated (ETERM).
        package static let contextTerminated = Code(rawValue: ETERM)
        /// This kind of socket cannot do that (ENOTSUP).
        package static let notSupported = Code(rawValue: ENOTSUP)
        /// This libzmq does not know that transport (EPROTONOSUPPORT).
        package static let transportNotSupported = Code(rawValue: EPROTONOSUPPORT)
        /// The path of an ipc endpoint is too long (ENAMETOOLONG).
        package static let nameTooLong = Code(rawValue: ENAMETOOLONG)
        /// No more descriptors or sockets (EMFILE).
        package static let tooManySockets = Code(rawValue: EMFILE)
        /// The socket has been closed (ENOTSOCK).
        package static let closed = Code(rawValue: ENOTSOCK)
    }

    /// What went wrong.
    package var code: Code
    /// What was attempted, as it follows on "cannot": `bind`, `open a dealer socket`.
    package var operation: String
    /// The endpoint it was about, if any.
    package var endpoint: String?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: what went wrong.
    ///   - operation: what was attempted, as it follows on "cannot".
    ///   - endpoint: the endpoint it was about.
    package init(_ code: Code, operation: String, endpoint: String? = nil) {
        self.code = code
        self.operation = operation
        self.endpoint = endpoint
    }

    /// The error of the libzmq call that has just failed on this thread.
    static func last(_ operation: @autoclosure () -> String, endpoint: String? = nil) -> ZeroMQError {
        // Read before the operation's text is built: its allocation may change errno.
        let code = Code(rawValue: czmq_last_error())
        return ZeroMQError(code, operation: operation(), endpoint: endpoint)
    }
}
