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

    /// Makes the folder, for the user alone.
    ///
    /// - Returns: whether it is there, and nobody else's.
    package func prepare() -> Bool {
        if mkdir(folder, 0o700) == 0 {
            // The mask of the process may take more away than others' rights.
            let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if descriptor >= 0 {
                fchmod(descriptor, 0o700)
                close(descriptor)
            }
        }
        return isOwn
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

    /// Removes the files of workers whose processes are gone and that nobody asks about any more.
    ///
    /// - Parameter known: the workers that somebody may yet ask about.
    package func removeDead(except known: Set<PeerIdentity>) {
        guard isOwn, let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        let kept = Set(known.map(\.description))
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // Only what has the form of a worker's identity.
            guard name.utf8.count == 32, name.utf8.allSatisfy({ $0.isHexadecimalDigit }), !kept.contains(name) else {
                continue
            }
            remove("\(folder)/\(name)")
        }
    }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool {
        (0x30...0x39).contains(self) || (0x61...0x66).contains(self)
    }
}
