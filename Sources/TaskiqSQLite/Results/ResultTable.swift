// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import Taskiq
import TaskiqCron

/// The rows of a file of results, inside a transaction.
struct ResultTable {
    private let database: Database
    private let configuration: SQLiteResultBackend.Configuration
    private let now: Timestamp

    /// How many rows that are over one write removes at most: more than it adds, and never so many that it takes long.
    private static let removedAtOnce: Int64 = 100

    init(_ database: Database, _ configuration: SQLiteResultBackend.Configuration, now: Timestamp) {
        self.database = database
        self.configuration = configuration
        self.now = now
    }

    private var expiry: Timestamp? { configuration.expiry.map { now.adding($0) } }

    // MARK: Results

    func put(_ result: [UInt8], for taskID: TaskID) throws {
        // A task that is written of again keeps its number: with a new one each time it would drive all others out.
        let upsert = """
            INSERT INTO result (task_id, expires_ms, body) VALUES (?1, ?2, ?3) \
            ON CONFLICT (task_id) DO UPDATE SET expires_ms = excluded.expires_ms, body = excluded.body
            """
        try PreparedStatement(database, upsert).run(taskID.rawValue, expiry, result)
        try makeRoom(in: "result")
    }

    func hasResult(of taskID: TaskID) throws -> Bool {
        var isThere = false
        let select = "SELECT 1 FROM result WHERE task_id = ?1 AND ifnull(expires_ms >= ?2, 1)"
        try PreparedStatement(database, select).rows(taskID.rawValue, now) { _ in isThere = true }
        return isThere
    }

    func result(of taskID: TaskID) throws -> [UInt8]? {
        var result: [UInt8]?
        let select = "SELECT body FROM result WHERE task_id = ?1 AND ifnull(expires_ms >= ?2, 1)"
        try PreparedStatement(database, select).rows(taskID.rawValue, now) { row in result = row.bytes(0) }
        return result
    }

    /// Reads a result and deletes it, and what was said of the task's progress.
    func takeResult(of taskID: TaskID) throws -> [UInt8]? {
        guard let result = try result(of: taskID) else { return nil }
        try PreparedStatement(database, "DELETE FROM result WHERE task_id = ?1").run(taskID.rawValue)
        try PreparedStatement(database, "DELETE FROM progress WHERE task_id = ?1").run(taskID.rawValue)
        return result
    }

    // MARK: Progress

    func put(_ progress: TaskProgress, for taskID: TaskID) throws {
        let upsert = """
            INSERT INTO progress (task_id, expires_ms, state, meta) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (task_id) \
            DO UPDATE SET expires_ms = excluded.expires_ms, state = excluded.state, meta = excluded.meta
            """
        let meta = progress.meta.map { Array($0.bytes) }
        try PreparedStatement(database, upsert).run(taskID.rawValue, expiry, progress.state.rawValue, meta)
        try makeRoom(in: "progress")
    }

    func progress(of taskID: TaskID) throws -> TaskProgress? {
        var progress: TaskProgress?
        let select = "SELECT state, meta FROM progress WHERE task_id = ?1 AND ifnull(expires_ms >= ?2, 1)"
        try PreparedStatement(database, select).rows(taskID.rawValue, now) { row in
            progress = TaskProgress(
                state: TaskState(rawValue: row.text(0)),
                meta: row.isNull(1) ? nil : try JSONFragment(parsing: row.bytes(1))
            )
        }
        return progress
    }

    // MARK: Bounds

    /// Removes rows whose time is over, and the oldest of too many.
    private func makeRoom(in table: String) throws {
        let expired = """
            DELETE FROM \(table) WHERE id IN \
            (SELECT id FROM \(table) WHERE expires_ms < ?1 ORDER BY expires_ms LIMIT ?2)
            """
        try PreparedStatement(database, expired).run(now, Self.removedAtOnce)
        // Numbers only grow with each new task, so the newest of a bounded number of rows are found without counting.
        let surplus = """
            DELETE FROM \(table) WHERE id IN (SELECT id FROM \(table) \
            WHERE id <= (SELECT max(id) FROM \(table)) - ?1 ORDER BY id LIMIT ?2)
            """
        try PreparedStatement(database, surplus).run(Int64(clamping: configuration.maximumResults), Self.removedAtOnce)
    }
}
