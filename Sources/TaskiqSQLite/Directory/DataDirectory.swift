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

/// The folder that a hub keeps its files in, private to the hub's user.
struct DataDirectory {
    /// The path as the operator gave it, without slashes at its end.
    let path: String

    /// The store's file.
    var databasePath: String { file("hub.sqlite") }
    /// The file that says how far the store had come.
    var highWaterMarkPath: String { file("hwm") }
    /// The file that keeps room for the store.
    var reservePath: String { file("reserve") }
    /// The file whose lock says that a hub has the folder.
    var lockPath: String { file("lock") }

    /// Makes sure that there is such a folder; what is missing of its path is made, for the user alone.
    init(creating path: String) throws(HubStoreError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw HubStoreError(.unusable, "the data directory has no name; give the hub the path of a folder")
        }
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.path = String(trimmed)
        try Self.create(self.path)
    }

    private func file(_ name: String) -> String {
        path == "/" ? "/\(name)" : "\(path)/\(name)"
    }

    private static func create(_ path: String) throws(HubStoreError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw HubStoreError(
                    .unusable,
                    "\(path) is a file, and the hub needs a folder there; move it away or choose another data directory"
                )
            }
            return
        }
        let parent = parent(of: path)
        if errno == ENOENT, parent != path { try create(parent) }
        // Another process may make it at the same moment, which is as good.
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw HubStoreError(
                .unusable,
                "the data directory \(path) cannot be made: \(lastSystemError()); "
                    + "make it by hand for the hub's user, or choose another data directory"
            )
        }
        synchronize(parent)
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        let parent = path[..<slash]
        return parent.isEmpty ? "/" : String(parent)
    }
}

extension DataDirectory {
    /// Makes sure that there is a file for the store which only its user can read, and that it can be read and written.
    ///
    /// SQLite gives a new file the mode that the process's mask leaves, and its log the mode of the file.
    func prepareDatabaseFile() throws(HubStoreError) {
        let database = databasePath
        var status = stat()
        if stat(database, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw HubStoreError(
                    .unusable,
                    "\(database) is a folder or a device, and the hub's store needs a file there; "
                        + "move it away or choose another data directory"
                )
            }
            // Opening and closing it here would drop the locks of a hub in this process, so it is only asked.
            guard faccessat(AT_FDCWD, database, R_OK | W_OK, AT_EACCESS) == 0 else {
                throw Self.inaccessible(database, in: path)
            }
            return
        }
        let descriptor = open(database, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.inaccessible(database, in: path) }
        // The mask may have taken bits that the hub needs.
        fchmod(descriptor, 0o600)
        fsync(descriptor)
        close(descriptor)
        Self.synchronize(path)
    }

    /// How other users than the hub's can read the store or put another one in its place; nil if they cannot.
    var exposure: String? {
        var link = stat()
        var directory = stat()
        var database = stat()
        guard lstat(path, &link) == 0, stat(path, &directory) == 0, stat(databasePath, &database) == 0 else {
            return nil
        }
        let users: Set<uid_t> = [0, geteuid()]
        if link.st_mode & S_IFMT == S_IFLNK, !users.contains(link.st_uid) {
            return
                "\(path) is a link that belongs to user \(link.st_uid), who can point it elsewhere: name the folder itself"
        }
        if !users.contains(directory.st_uid) || !users.contains(database.st_uid) {
            let owner = users.contains(directory.st_uid) ? database.st_uid : directory.st_uid
            return
                "\(path) belongs to user \(owner), who can read the store or replace it: chown -R it to the hub's user"
        }
        if directory.st_mode & 0o022 != 0 || database.st_mode & 0o077 != 0 {
            return "other users can read the store or replace it: chmod 700 \(path) and chmod 600 \(databasePath)"
        }
        return nil
    }

    /// How many bytes the store's file and its log have together.
    var fileSize: Int64 {
        [databasePath, databasePath + "-wal"].reduce(into: 0) { size, file in
            var status = stat()
            if stat(file, &status) == 0 { size += Int64(status.st_size) }
        }
    }

    /// How many bytes the hub's user may still write on the file system of the folder, and how many it has.
    var space: (free: Int64, total: Int64)? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        func bytes(_ blocks: UInt64) -> Int64 {
            let (bytes, isTooLarge) = blocks.multipliedReportingOverflow(by: UInt64(status.f_frsize))
            return isTooLarge ? .max : Int64(clamping: bytes)
        }
        return (bytes(UInt64(status.f_bavail)), bytes(UInt64(status.f_blocks)))
    }

    static func inaccessible(_ file: String, in directory: String) -> HubStoreError {
        HubStoreError(
            .unusable,
            "\(file) cannot be read and written: \(lastSystemError()); "
                + "give the hub's user the folder \(directory) and the files in it, or choose another data directory"
        )
    }

    /// A new name in a folder is lost in a power cut until the folder itself is on the disk.
    static func synchronize(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// What the operating system said about the last call that failed.
func lastSystemError() -> String {
    let number = errno
    guard let text = strerror(number) else { return "error \(number)" }
    return String(cString: text)
}
