// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import TaskiqHub

/// The tables of a hub's store, as steps from an empty file to the present version.
///
/// A step is never edited once it was released: a later version adds a step. The version of a file is its
/// `user_version`, and changes in the transaction of the step.
struct HubSchema {
    /// The steps; the first one leads from an empty file to version 1.
    var steps: [String]

    /// Marks a file as a hub's store: "tqhs".
    static let applicationID: Int64 = 0x7471_6873

    /// Marks a store that has had no file `hwm` beside it yet: "tqcp".
    ///
    /// It is a copy, or an old file that was just brought to the present format. The hub that opens it makes the file, and
    /// marks the store as any other.
    static let unmarkedID: Int64 = 0x7471_6370

    /// What this version of the hub reads and writes.
    static let current = HubSchema(steps: [version1, version2, version3, version4])

    /// Refuses a file that is not a hub's store or that a later version wrote, before anything is changed in it.
    ///
    /// - Returns: the version of the file; 0 if it is empty.
    func check(_ database: Database, path: String) throws -> Int {
        let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let tables = try Int64.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if version == 0, application == 0, tables == 0 { return 0 }
        guard [Self.applicationID, Self.unmarkedID].contains(application), version > 0 else {
            throw HubStoreError(
                .damaged,
                "\(path) is a SQLite database, but not the store of a hub; "
                    + "move it away, or choose another data directory"
            )
        }
        guard let version = Int(exactly: version), version <= steps.count else {
            throw HubStoreError(
                .damaged,
                "\(path) was written by a later version of the hub (format \(version), this one knows up to "
                    + "\(steps.count)); start that version again, or restore a copy of the folder made before it ran"
            )
        }
        return version
    }

    /// Whether a file must have had a mark beside it since its first group.
    static func needsMark(_ database: Database) throws -> Bool {
        try Int64.fetchOne(database, sql: "PRAGMA application_id") == applicationID
    }

    /// Takes the steps that a file lacks, each all or nothing.
    ///
    /// - Returns: the versions before and after.
    @discardableResult
    func migrate(_ database: Database, path: String) throws -> (from: Int, to: Int) {
        let version = try check(database, path: path)
        guard version < steps.count else { return (version, version) }
        try MigrationFunctions.add(to: database)
        for (index, step) in steps.enumerated().dropFirst(version) {
            try database.inTransaction(.immediate) {
                try database.execute(sql: step)
                if index == 0 { try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)") }
                // Formats 1 and 2 knew no file hwm.
                if version > 0, index == 2 { try database.execute(sql: "PRAGMA application_id = \(Self.unmarkedID)") }
                try database.execute(sql: "PRAGMA user_version = \(index + 1)")
                return .commit
            }
        }
        return (version, steps.count)
    }
}

extension HubSchema {
    // Instants are milliseconds since the epoch. The key of a message is the number that the hub gave it, so that rows
    // are written beside each other; ids that clients choose by chance have no unique index, which would cost most of
    // the throughput once it is larger than the cache. What the hub sends next it decides in memory, so there is no
    // index on due times or priorities.
    private static let version1 = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            store_id BLOB NOT NULL,
            epoch INTEGER NOT NULL,
            sequence_limit INTEGER NOT NULL
        ) STRICT;
        INSERT INTO meta VALUES (1, randomblob(16), 0, 1);

        CREATE TABLE message (
            sequence INTEGER PRIMARY KEY,
            queue TEXT NOT NULL,
            task_name TEXT NOT NULL,
            task_id TEXT NOT NULL,
            priority INTEGER NOT NULL,
            enqueued_ms INTEGER NOT NULL,
            due_ms INTEGER,
            schedule_id TEXT,
            scheduled_ms INTEGER,
            body BLOB NOT NULL
        ) STRICT;

        -- A row appears with the first delivery and stays until the message ends; no worker: not held now.
        CREATE TABLE lease (
            sequence INTEGER PRIMARY KEY,
            attempt INTEGER NOT NULL,
            crashes INTEGER NOT NULL,
            acknowledged INTEGER NOT NULL,
            worker BLOB CHECK (length(worker) = 16)
        ) STRICT;

        CREATE TABLE submission (
            key BLOB PRIMARY KEY CHECK (length(key) = 16),
            sequence INTEGER NOT NULL,
            body_hash INTEGER NOT NULL,
            until_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX submission_until ON submission (until_ms);

        CREATE TABLE result (
            sequence INTEGER PRIMARY KEY,
            task_id TEXT NOT NULL,
            is_error INTEGER NOT NULL,
            expires_ms INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX result_task ON result (task_id);
        CREATE INDEX result_expires ON result (expires_ms);

        CREATE TABLE dead_letter (
            sequence INTEGER PRIMARY KEY,
            queue TEXT NOT NULL,
            task_name TEXT NOT NULL,
            task_id TEXT NOT NULL,
            priority INTEGER NOT NULL,
            enqueued_ms INTEGER NOT NULL,
            schedule_id TEXT,
            scheduled_ms INTEGER,
            attempts INTEGER NOT NULL,
            crashes INTEGER NOT NULL,
            reason TEXT NOT NULL,
            dead_ms INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;

        CREATE TABLE catalogue (
            application TEXT PRIMARY KEY,
            json BLOB NOT NULL,
            seen_ms INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE slot (
            schedule_id TEXT NOT NULL,
            instant_ms INTEGER NOT NULL,
            decided_ms INTEGER NOT NULL,
            sequence INTEGER,
            reason TEXT,
            PRIMARY KEY (schedule_id, instant_ms)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE schedule_state (
            schedule_id TEXT PRIMARY KEY,
            cursor_ms INTEGER NOT NULL,
            fingerprint TEXT NOT NULL
        ) STRICT;
        """

    // The last delivery whose task ended without acknowledging.
    private static let version2 = "ALTER TABLE lease ADD COLUMN unacknowledged_attempt INTEGER NOT NULL DEFAULT 0"
}
