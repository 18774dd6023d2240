// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqZeroMQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The claim on a socket file: who holds it may bind there, and nobody else.
///
/// libzmq binds to the path of a socket that another program listens on, and takes its place without a word. So a lock
/// beside the file decides; it goes with the process that holds it, however that ends, and a socket file that is left
/// over stands in nobody's way.
final class HubSocketFile: Sendable {
    private let descriptor: Int32

    init(path: String) throws(TaskiqError) {
        let lock = path + ".lock"
        descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Self.problem(path, errno)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw Self.problem(path, code) }
            throw TaskiqError(
                .conflict,
                "another hub listens at ipc://\(path): stop it, or choose another address with --listen"
            )
        }
    }

    deinit {
        close(descriptor)
    }

    private static func problem(_ path: String, _ code: Int32) -> TaskiqError {
        let remedy =
            switch code {
            case ENOENT: "its directory does not exist; make it first"
            case EACCES, EPERM, EROFS: "its directory must be writable for this user"
            default: String(cString: strerror(code))
            }
        return TaskiqError(
            .configuration,
            "cannot listen at ipc://\(path): \(remedy), or choose another address with --listen"
        )
    }
}
