// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension HubAddress {
    /// The address that scheduler, workers and clients of one user meet at when none is given: a socket file in a
    /// directory that only this user can enter.
    ///
    /// - Parameter runtimeDirectory: the user's runtime directory (`XDG_RUNTIME_DIR`), if there is one.
    /// - Returns: the address; the directory is there.
    /// - Throws: `TaskiqError` with code `configuration` when the directory belongs to somebody else or cannot be made.
    public static func standard(runtimeDirectory: String?) throws(TaskiqError) -> HubAddress {
        let directory =
            if let runtimeDirectory, runtimeDirectory.hasPrefix("/"), runtimeDirectory.utf8.count < 60,
                access(runtimeDirectory, X_OK) == 0
            {
                "\(runtimeDirectory)/taskiq"
            } else {
                "/tmp/taskiq-\(getuid())"
            }
        try makePrivate(directory)
        return try HubAddress("ipc://\(directory)/hub.sock")
    }

    /// Makes a directory that only its owner can enter, or checks that it is one.
    ///
    /// In a directory that others may write to, anybody could have made it first, to take our place.
    private static func makePrivate(_ directory: String) throws(TaskiqError) {
        if mkdir(directory, 0o700) == 0 { return }
        let code = errno
        var status = stat()
        guard code == EEXIST, lstat(directory, &status) == 0 else {
            throw TaskiqError(
                .configuration,
                "cannot make the directory \(directory): \(String(cString: strerror(code))); name an address yourself"
            )
        }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(), status.st_mode & 0o077 == 0 else {
            throw TaskiqError(
                .configuration,
                "\(directory) must be a directory of yours that nobody else can enter: remove it, or run "
                    + "'chmod 700 \(directory)' if it is yours"
            )
        }
    }
}
