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

extension ZeroMQError: CustomStringConvertible {
    /// One sentence: what could not be done, why, and what to do about it.
    package var description: String {
        let object = endpoint.map { " \($0)" } ?? ""
        let remedy = remedy.map { "; \($0)" } ?? ""
        return "cannot \(operation)\(object): \(code)\(remedy)"
    }

    private var remedy: String? {
        switch code {
        case .addressInUse:
            "another program listens there: stop it, or choose another address with --listen"
        case .addressNotAvailable:
            "this machine does not have that address: use one that it has, or tcp://*:port for all of them"
        case .permissionDenied:
            isIPC
                ? "this user must be allowed to write to the socket's directory"
                : "this user may not use that port: choose one above 1023"
        case .notFound where operation == "bind":
            "the socket's directory does not exist: create it, or choose another with --listen"
        case .notFound where operation == "unbind" || operation == "disconnect":
            "the socket has no such endpoint"
        case .noDevice:
            "no network interface has that name: use an IP address, or tcp://*:port for all of them"
        case .invalidArgument where endpoint != nil:
            "an endpoint is written ipc:///path/to/name.sock or tcp://host:port"
        case .transportNotSupported:
            "an endpoint starts with ipc:// or tcp://"
        case .nameTooLong:
            "the path of an ipc endpoint may be \(longestPath) bytes long\(pathLength): choose a shorter directory"
        case .tooManySockets:
            "the limit of open files (ulimit -n), or of the context's sockets, is reached: raise it"
        default:
            nil
        }
    }

    private var isIPC: Bool { endpoint?.hasPrefix("ipc://") ?? false }

    private var pathLength: String {
        guard isIPC, let endpoint else { return "" }
        return ", this one is \(endpoint.utf8.count - "ipc://".utf8.count)"
    }

    private var longestPath: Int {
        // One byte of sun_path is the terminator.
        MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
    }
}

extension ZeroMQError.Code: CustomStringConvertible {
    /// libzmq's words for the error number.
    package var description: String {
        guard let text = zmq_strerror(rawValue) else { return "error \(rawValue)" }
        return String(cString: text)
    }
}
