// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import GRDBSQLite
import TaskiqCron
import TaskiqHub

/// What steps of the schema compute in Swift: the checksums of rows that an older version stored without.
///
/// Defined through SQLite's C interface, as GRDB ends a text at its first NUL.
enum MigrationFunctions {
    /// Makes the functions known to a connection.
    static func add(to database: Database) throws {
        try define("taskiq_checksum", arguments: 10, in: database) { context, _, values in
            guard let values, let context else { return }
            sqlite3_result_int64(context, MigrationFunctions.messageChecksum(values))
        }
        try define("taskiq_result_checksum", arguments: 4, in: database) { context, _, values in
            guard let values, let context else { return }
            sqlite3_result_int64(context, MigrationFunctions.resultChecksum(values))
        }
    }

    private typealias Function =
        @convention(c) (
            OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?
        ) -> Void

    private static func define(
        _ name: String,
        arguments: Int32,
        in database: Database,
        _ function: Function
    ) throws {
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY
        let code = sqlite3_create_function_v2(
            database.sqliteConnection,
            name,
            arguments,
            flags,
            nil,
            function,
            nil,
            nil,
            nil
        )
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private static func messageChecksum(_ values: UnsafeMutablePointer<OpaquePointer?>) -> Int64 {
        var message = StoredMessage(
            sequence: sqlite3_value_int64(values[0]),
            queue: text(values[1]),
            taskName: text(values[2]),
            taskID: text(values[3]),
            priority: UInt8(clamping: sqlite3_value_int64(values[4])),
            enqueuedAt: Timestamp(millisecondsSinceEpoch: sqlite3_value_int64(values[5])),
            body: bytes(values[9])
        )
        message.dueAt = timestamp(values[6])
        message.scheduleID = isNull(values[7]) ? nil : text(values[7])
        message.scheduledAt = timestamp(values[8])
        return RowChecksum.of(message)
    }

    private static func resultChecksum(_ values: UnsafeMutablePointer<OpaquePointer?>) -> Int64 {
        let result = StoredOutcome(
            taskID: text(values[1]),
            isError: sqlite3_value_int64(values[2]) != 0,
            expiresAt: .latest,
            body: bytes(values[3])
        )
        return RowChecksum.of(result, of: sqlite3_value_int64(values[0]))
    }

    private static func isNull(_ value: OpaquePointer?) -> Bool { sqlite3_value_type(value) == SQLITE_NULL }

    private static func timestamp(_ value: OpaquePointer?) -> Timestamp? {
        isNull(value) ? nil : Timestamp(millisecondsSinceEpoch: sqlite3_value_int64(value))
    }

    private static func text(_ value: OpaquePointer?) -> String {
        guard let start = sqlite3_value_text(value) else { return "" }
        return String(
            decoding: UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))),
            as: UTF8.self
        )
    }

    private static func bytes(_ value: OpaquePointer?) -> [UInt8] {
        guard let start = sqlite3_value_blob(value) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
    }
}
