// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import Logging
public import TaskiqHub

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What can be done with the store of a hub that does not run: each call takes the data directory's lock.
public enum HubStoreMaintenance {
    /// Looks at everything in a store: its structure, all checksums, what refers to what, and the mark beside it.
    ///
    /// - Parameter directory: the path of the data directory.
    /// - Returns: what was found.
    /// - Throws: `HubStoreError`: `inUse` when a hub runs, `unusable` when there is no store, `damaged` when it cannot be
    ///   opened at all.
    public static func check(_ directory: String) throws(HubStoreError) -> StoreCheckReport {
        try with(directory) { database, directory in
            let rollback = try RollbackCheck(directory: directory)
            return try database.writeWithoutTransaction { database in
                let storeID = try SQLiteHubStore.storeID(database, path: directory.databasePath)
                var check = StoreCheck(database, path: directory.databasePath)
                var report = check.run(rollback, storeID: storeID)
                report.statistics.fileSize = directory.fileSize
                report.statistics.freeSpace = directory.space?.free
                return report
            }
        }
    }

    /// Writes a store anew without the room that it does not use; needs as much free space as the store has bytes.
    ///
    /// - Parameter directory: the path of the data directory.
    /// - Returns: the sizes of its files before and after, in bytes.
    /// - Throws: `HubStoreError`.
    public static func compact(_ directory: String) throws(HubStoreError) -> (before: Int64, after: Int64) {
        try with(directory) { database, directory in
            let before = directory.fileSize
            try database.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
            }
            return (before, directory.fileSize)
        }
    }

    /// Writes a copy of a store into a file that is not there yet.
    ///
    /// - Parameters:
    ///   - directory: the path of the data directory.
    ///   - path: the file.
    /// - Throws: `HubStoreError`.
    public static func backup(_ directory: String, to path: String) throws(HubStoreError) {
        try with(directory) { database, _ in
            let copy = try StoreCopy(path)
            do {
                while try database.writeWithoutTransaction({ try copy.step($0) }) {}
                try copy.finish()
            } catch {
                copy.discard()
                throw error
            }
        }
    }

    private static func with<Value>(
        _ path: String,
        _ body: (DatabaseQueue, DataDirectory) throws -> Value
    ) throws(HubStoreError) -> Value {
        let file = path + "/hub.sqlite"
        var status = stat()
        guard stat(file, &status) == 0, status.st_size > 0 || hasLog(file) else {
            throw HubStoreError(.unusable, "there is no store in \(path); give the data directory of a hub")
        }
        let lock = try DataDirectoryLock(directory: path)
        defer { lock.release() }
        let directory = lock.directory
        let database = try HubDatabase.open(directory, durability: .full, logger: Logger(label: "taskiq.store"))
        do {
            let value = try body(database, directory)
            try database.close()
            return value
        } catch {
            try? database.close()
            throw HubStoreError(error, path: directory.databasePath, action: "reading")
        }
    }

    private static func hasLog(_ file: String) -> Bool {
        var status = stat()
        return stat(file + "-wal", &status) == 0 && status.st_size > 0
    }
}
