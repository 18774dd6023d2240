// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Taskiq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension HubAddress {
    /// Whether anybody on this machine could put a socket of their own where this one is, or is to be.
    package var isInSharedFolder: Bool {
        guard let folder else { return false }
        var status = stat()
        return stat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_mode & 0o002 != 0
    }

    /// Refuses to connect to a socket that somebody put into a folder where everybody may: they would get the traffic.
    ///
    /// - Throws: `TaskiqError` with code `security`.
    package func checkOwner() throws(TaskiqError) {
        guard isInSharedFolder, let folder else { return }
        for file in [front, back].map({ String($0.dropFirst(6)) }) {
            var status = stat()
            guard lstat(file, &status) == 0, status.st_uid != geteuid(), status.st_uid != 0 else { continue }
            throw TaskiqError(
                .security,
                "\(file) belongs to user \(status.st_uid), and everybody may make files in \(folder): it may be somebody "
                    + "else's hub. Put the socket into a folder that only its users can write to"
            )
        }
    }

    private var folder: String? {
        guard let path else { return nil }
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
