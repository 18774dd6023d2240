// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHub

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The file of a copy that is not whole yet: it lies beside the place where the copy will be, and is locked by whoever
/// writes it, so that what a killed hub left is known by having no lock.
final class UnfinishedCopy {
    /// Where it is.
    let path: String
    private let finalPath: String
    private let descriptor: CInt

    /// Where SQLite's header says what a file is for: four bytes, big endian.
    private static let applicationOffset = 68

    /// Makes the file, in place of one that was left behind.
    ///
    /// - Parameter path: where the copy will be; nothing may be there.
    /// - Throws: `HubStoreError`.
    init(of path: String) throws(HubStoreError) {
        finalPath = path
        self.path = path + ".taskiq-partial"
        if let obstacle = Self.obstacle(path) { throw Self.error(path, obstacle) }
        try Self.removeRemains(self.path, of: path)
        descriptor = open(self.path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason =
                errno == EEXIST
                ? "\(self.path) is in the way; move it away, or choose another name"
                : "\(lastSystemError()); choose a folder that the hub's user may write to"
            throw Self.error(path, reason)
        }
        flock(descriptor, LOCK_EX | LOCK_NB)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Marks the copy as one, brings it to the disk, and gives it its name.
    func finish() throws(HubStoreError) {
        let mark = withUnsafeBytes(of: UInt32(HubSchema.unmarkedID).bigEndian) { Array($0) }
        guard pwrite(descriptor, mark, mark.count, off_t(Self.applicationOffset)) == mark.count, fsync(descriptor) == 0
        else { throw Self.error(finalPath, "\(lastSystemError()); free some space or choose another folder") }
        // Unlike renaming, this never replaces what was put there meanwhile.
        guard link(path, finalPath) != 0 else {
            unlink(path)
            return DataDirectory.synchronize(DataDirectory.parent(of: finalPath))
        }
        if let obstacle = Self.obstacle(finalPath) { throw Self.error(finalPath, obstacle) }
        // Some file systems know no second names.
        guard rename(path, finalPath) == 0 else { throw Self.error(finalPath, lastSystemError()) }
        DataDirectory.synchronize(DataDirectory.parent(of: finalPath))
    }

    /// Removes the file.
    func discard() {
        unlink(path)
    }

    private static func removeRemains(_ remains: String, of path: String) throws(HubStoreError) {
        let old = open(remains, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard old >= 0 else { return }
        defer { close(old) }
        guard flock(old, LOCK_EX | LOCK_NB) == 0 else {
            throw error(path, "it is being written at this moment, by another call; wait until that has ended")
        }
        var status = stat()
        // A new file rather than this one: it might have a second name by now.
        if fstat(old, &status) == 0, status.st_mode & S_IFMT == S_IFREG { unlink(remains) }
    }

    /// What is in the way of a copy; nil if nothing is.
    private static func obstacle(_ path: String) -> String? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFREG, isCopy(path) else {
            return "there is a file with that name already; move it away, or choose another name"
        }
        let made = Timestamp(secondsSinceEpoch: Int64(status.st_mtim.tv_sec))
        return "there is a copy of a hub's store with that name already, whole, and finished at \(made); "
            + "if that was this call, said again because its answer was lost, all is well; else choose another name"
    }

    private static func isCopy(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var mark = [UInt8](repeating: 0, count: 4)
        guard pread(descriptor, &mark, mark.count, off_t(applicationOffset)) == mark.count else { return false }
        return mark.reduce(0) { $0 << 8 | Int64($1) } == HubSchema.unmarkedID
    }

    private static func error(_ path: String, _ reason: String) -> HubStoreError {
        HubStoreError(.unusable, "the copy \(path) cannot be made: \(reason)")
    }
}
