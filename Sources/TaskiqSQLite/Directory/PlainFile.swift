// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The hub's own small files in its data directory, which it makes, cuts and writes over.
///
/// They are opened without following a link: who may write to the folder could otherwise have the hub destroy any file
/// of its user.
enum PlainFile {
    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - flags: as for `open`.
    /// - Returns: the descriptor; a negative number, with `errno`, when it cannot be opened.
    /// - Throws: `HubStoreError` when there is something else than a file.
    static func descriptor(of path: String, _ flags: CInt) throws(HubStoreError) -> CInt {
        try check(path)
        // Without waiting: a named pipe may have been put there meanwhile.
        let descriptor = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == ELOOP { throw refusal(path, "a link") }
            return descriptor
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw refusal(path, "no file")
        }
        return descriptor
    }

    /// Refuses what is there and is no file.
    static func check(_ path: String) throws(HubStoreError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFLNK: throw refusal(path, "a link")
        default: throw refusal(path, "a folder or a device")
        }
    }

    private static func refusal(_ path: String, _ kind: String) -> HubStoreError {
        HubStoreError(
            .unusable,
            "\(path) is \(kind), and the hub writes to a file of its own there; nothing was changed: "
                + "remove it, or choose another data directory"
        )
    }
}
