// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import Logging
import TaskiqHub

/// Opens the store's file in the one way that is safe.
///
/// The system's SQLite may have a bug of the write-ahead log that needs two connections to strike. One connection in
/// exclusive locking mode shares no memory with anybody, so nobody else can checkpoint under it.
enum HubDatabase {
    /// Opens the file, and brings its tables to the present version.
    static func open(
        _ directory: DataDirectory,
        durability: Durability,
        schema: HubSchema = .current,
        refusingEmpty: HubStoreError? = nil,
        logger: Logger
    ) throws(HubStoreError) -> DatabaseQueue {
        let path = directory.databasePath
        try directory.prepareDatabaseFile()
        do {
            let queue = try DatabaseQueue(
                path: path,
                configuration: configuration(path: path, durability: durability, schema: schema)
            )
            let versions = try queue.writeWithoutTransaction { database in
                if let refusingEmpty, try schema.check(database, path: path) == 0 { throw refusingEmpty }
                return try schema.migrate(database, path: path)
            }
            if versions.from != versions.to {
                // SQLite removed a journal on the way; if a power cut brought it back, it would take everything back.
                DataDirectory.synchronize(directory.path)
                logger.info("store brought to format \(versions.to)", metadata: ["from": "\(versions.from)"])
            }
            return queue
        } catch {
            throw HubStoreError(error, path: path, action: "opening")
        }
    }

    private static func configuration(path: String, durability: Durability, schema: HubSchema) -> Configuration {
        var configuration = Configuration()
        configuration.label = "taskiq.store"
        configuration.busyMode = .immediateError
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            // Before the first look at the file: from then on SQLite has decided whether to share the log's index.
            try set("locking_mode", "EXCLUSIVE", expecting: "exclusive", in: database, path: path)
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0")
            _ = try schema.check(database, path: path)
            try set("journal_mode", "WAL", expecting: "wal", in: database, path: path)
            try database.execute(
                sql: """
                    PRAGMA synchronous = \(durability.synchronous);
                    PRAGMA fullfsync = ON;
                    PRAGMA checkpoint_fullfsync = ON;
                    PRAGMA wal_autocheckpoint = 1000;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA cache_size = -65536;
                    PRAGMA secure_delete = FAST
                    """
            )
        }
        return configuration
    }

    private static func set(
        _ name: String,
        _ value: String,
        expecting expected: String,
        in database: Database,
        path: String
    ) throws {
        let answer = try String.fetchOne(database, sql: "PRAGMA \(name) = \(value)")
        guard answer == expected else {
            throw HubStoreError(
                .unusable,
                "\(path) cannot be used with \(name) \(value) (SQLite answered \(answer ?? "nothing")); "
                    + "the data directory must be on a file system of this machine"
            )
        }
    }
}
