// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Dispatch
import GRDB
import Taskiq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Opens a file of results in the one way that is safe for several processes.
///
/// They may not use the write-ahead log: the system's SQLite may have the bug of its log that strikes when two
/// connections write and checkpoint at the same time (fixed in 3.51.3; Debian 12 has 3.40.1), and damages the file. The
/// rollback journal has no such state to share: a writer has the file for itself, and others wait.
enum ResultFile {
    /// Marks a file as one of results: "tqrs".
    static let applicationID: Int64 = 0x7471_7273

    /// The steps from an empty file to the present version; a step is never edited once it was released.
    static let steps = [version1]

    private static let version1 = """
        CREATE TABLE result (
            id INTEGER PRIMARY KEY,
            task_id TEXT NOT NULL UNIQUE,
            expires_ms INTEGER,
            body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX result_expires ON result (expires_ms) WHERE expires_ms IS NOT NULL;

        CREATE TABLE progress (
            id INTEGER PRIMARY KEY,
            task_id TEXT NOT NULL UNIQUE,
            expires_ms INTEGER,
            state TEXT NOT NULL,
            meta BLOB
        ) STRICT;
        CREATE INDEX progress_expires ON progress (expires_ms) WHERE expires_ms IS NOT NULL;
        """

    /// Opens a file, on a thread of its own: others may have it for a while.
    static func open(
        _ path: String,
        _ configuration: SQLiteResultBackend.Configuration
    ) async throws -> DatabaseQueue {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try openNow(path, configuration) })
            }
        }
    }

    static func openNow(
        _ path: String,
        _ configuration: SQLiteResultBackend.Configuration,
        steps: [String] = ResultFile.steps
    ) throws -> DatabaseQueue {
        do {
            // SQLite gives a new file the mode that the process's mask leaves. One that exists is not touched: to open
            // and close it here would drop the locks of other connections in this process.
            let descriptor = Self.create(path)
            if descriptor >= 0 { close(descriptor) }
            let queue = try DatabaseQueue(path: path, configuration: settings(configuration, path, steps.count))
            try queue.writeWithoutTransaction { database in try migrate(database, path: path, steps: steps) }
            return queue
        } catch {
            throw Self.error(error, .configuration, path, "opening")
        }
    }

    private static func create(_ path: String) -> Int32 {
        #if canImport(Glibc)
        Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        #elseif canImport(Musl)
        Musl.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        #elseif canImport(Darwin)
        Darwin.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        #endif
    }

    private static func settings(
        _ results: SQLiteResultBackend.Configuration,
        _ path: String,
        _ newest: Int
    ) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.label = "taskiq.results"
        configuration.busyMode = .timeout(max(0, Double(results.busyTimeout.inMilliseconds) / 1000))
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0")
            try check(database, path: path, newest: newest)
            let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = TRUNCATE")
            guard mode == "truncate" else {
                throw TaskiqError(
                    .configuration,
                    "\(path) cannot be used with a rollback journal (SQLite answered \(mode ?? "nothing")): end the "
                        + "other programs that have it open"
                )
            }
            try database.execute(sql: "PRAGMA synchronous = \(results.durability.synchronous); PRAGMA fullfsync = ON")
        }
        return configuration
    }

    /// Refuses a file that holds something else, before anything is changed in it.
    ///
    /// - Returns: the version of the file; 0 if it is empty.
    @discardableResult
    private static func check(_ database: Database, path: String, newest: Int) throws -> Int {
        let (version, application, tables) = try marks(database)
        if version == 0, application == 0, tables == 0 { return 0 }
        guard application == applicationID, version > 0 else {
            throw TaskiqError(
                .configuration,
                "\(path) is a SQLite database that holds no results of tasks; choose another file"
            )
        }
        guard let version = Int(exactly: version), version <= newest else {
            throw TaskiqError(
                .configuration,
                "\(path) was written by a later version (format \(version), this one knows up to \(newest)); "
                    + "use that version, or choose another file"
            )
        }
        return version
    }

    /// Reads what tells whose a file is, in one look: another program may be making its tables at this moment.
    private static func marks(_ database: Database) throws -> (version: Int64, application: Int64, tables: Int64) {
        guard database.isInsideTransaction else {
            var found: (Int64, Int64, Int64) = (0, 0, 0)
            try database.inTransaction(.deferred) {
                found = try marks(database)
                return .commit
            }
            return found
        }
        // The tables first: it is this look that takes the lock.
        let tables = try Int64.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        return (version, application, tables)
    }

    /// Takes the steps that the file lacks, all or nothing; whoever comes second finds nothing left to do.
    private static func migrate(_ database: Database, path: String, steps: [String]) throws {
        guard try check(database, path: path, newest: steps.count) < steps.count else { return }
        try database.inTransaction(.immediate) {
            let version = try check(database, path: path, newest: steps.count)
            for step in steps.dropFirst(version) { try database.execute(sql: step) }
            try database.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(steps.count)")
            return .commit
        }
    }

    // MARK: Errors

    /// Says what failed, where, and what to do about it.
    static func error(_ error: any Error, _ code: TaskiqError.Code, _ path: String, _ action: String) -> any Error {
        guard let failure = error as? DatabaseError else { return error }
        let sentence =
            switch failure.resultCode {
            case .SQLITE_NOTADB: "it is not a SQLite database; choose another file"
            case .SQLITE_CORRUPT: "it is damaged; move it away, or restore a copy"
            case .SQLITE_BUSY, .SQLITE_LOCKED: "another program kept it locked for too long; try again"
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_READONLY:
                "it cannot be opened for writing; its folder must exist, and both must be yours"
            case .SQLITE_FULL: "the disk is full; free some space"
            case .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_MISMATCH: "it lacks the tables of results; choose another file"
            default: "check the disk, then try again"
            }
        let detail = "SQLite error \(failure.extendedResultCode.rawValue): \(failure.message ?? "no message")"
        return TaskiqError(code, "\(action) failed with \(path): \(sentence) (\(detail))")
    }
}
