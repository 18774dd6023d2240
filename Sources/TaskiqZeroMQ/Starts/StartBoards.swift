// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import TaskiqHubProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder beside a hub's socket file in which the workers of this machine note what they run.
package struct StartBoards: Sendable {
    private let folder: String

    /// Names the folder of a hub.
    ///
    /// - Parameter socket: the path of the hub's socket file.
    package init(besides socket: String) {
        folder = socket + ".started"
    }

    /// Makes the folder, for the user alone, and removes what workers left in it long ago.
    ///
    /// - Returns: whether it is there, and nobody else's.
    package func prepare() -> Bool {
        if mkdir(folder, 0o700) == 0 {
            // The mask of the process may take more away than others' rights.
            chmod(folder, 0o700)
        }
        guard isOwn else { return false }
        removeOld()
        return true
    }

    /// Whether it is a folder of this user.
    var isOwn: Bool {
        var status = stat()
        return lstat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
            && status.st_mode & 0o022 == 0
    }

    func path(of identity: PeerIdentity) -> String { "\(folder)/\(identity)" }

    /// Reads what a worker noted.
    ///
    /// - Parameter identity: the worker.
    /// - Returns: the deliveries that had begun and were not over; nil when that cannot be told.
    package func deliveries(of identity: PeerIdentity) -> Set<LeaseKey>? {
        guard let words = words(of: identity), words[0] == StartBoard.mark, words[StartBoard.overflowWord] == 0 else {
            return nil
        }
        return Set(words[StartBoard.firstSlot...].filter { $0 != 0 }.map(StartBoard.lease(of:)))
    }

    /// Removes the file of a worker, if its process is gone; one that was given up may yet come back.
    package func forget(_ identity: PeerIdentity) {
        remove(path(of: identity))
    }

    private func remove(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
    }

    private func words(of identity: PeerIdentity) -> [UInt64]? {
        let descriptor = open(path(of: identity), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            return nil
        }
        var words = [UInt64](repeating: 0, count: StartBoard.wordCount)
        let count = words.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        return count == StartBoard.size ? words : nil
    }

    /// Files that nobody has written to for a week are of workers that died together with their hub.
    private func removeOld() {
        guard let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        let limit = time(nil) - 7 * 24 * 3600
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // Only what has the form of a worker's identity.
            guard name.utf8.count == 32, name.utf8.allSatisfy({ $0.isHexadecimalDigit }) else { continue }
            var status = stat()
            let path = "\(folder)/\(name)"
            guard lstat(path, &status) == 0, Self.modification(status) < limit else { continue }
            remove(path)
        }
    }

    private static func modification(_ status: stat) -> time_t {
        #if canImport(Darwin)
        status.st_mtimespec.tv_sec
        #else
        status.st_mtim.tv_sec
        #endif
    }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool {
        (0x30...0x39).contains(self) || (0x61...0x66).contains(self)
    }
}
