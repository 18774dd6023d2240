// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import GRDBSQLite

/// A statement that is bound, stepped and read through SQLite's C interface.
///
/// GRDB prepares and keeps it. Its own binding puts every argument in a box, and ends a text at its first NUL, which a
/// client is free to put into a task's id.
struct PreparedStatement {
    private let statement: Statement
    private let handle: OpaquePointer
    private let connection: OpaquePointer?

    /// Prepares a statement, or takes it from the connection's cache.
    init(_ database: Database, _ sql: String) throws {
        statement = try database.cachedStatement(sql: sql)
        handle = statement.sqliteStatement
        connection = database.sqliteConnection
    }

    /// Runs a statement that changes rows.
    ///
    /// - Parameter values: the values of its parameters, in order.
    /// - Returns: how many rows it changed.
    /// - Throws: `DatabaseError`.
    @discardableResult
    func run<each Value: SQLiteBindable>(_ values: repeat each Value) throws -> Int {
        defer { sqlite3_reset(handle) }
        try bind(repeat each values)
        while try step() {}
        return Int(sqlite3_changes(connection))
    }

    /// Runs a statement that reads rows.
    ///
    /// - Parameters:
    ///   - values: the values of its parameters, in order.
    ///   - body: what to do with each row, as long as it is the present one.
    /// - Throws: `DatabaseError`, and what `body` throws.
    func rows<each Value: SQLiteBindable>(
        _ values: repeat each Value,
        body: (ResultRow) throws -> Void
    ) throws {
        defer { sqlite3_reset(handle) }
        try bind(repeat each values)
        while try step() { try body(ResultRow(handle: handle)) }
    }

    private func bind<each Value: SQLiteBindable>(_ values: repeat each Value) throws {
        var index: Int32 = 0
        for value in repeat each values {
            index += 1
            guard value.bind(to: handle, at: index) == SQLITE_OK else { throw lastError() }
        }
    }

    private func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        default: throw lastError()
        }
    }

    private func lastError() -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: sqlite3_errmsg(connection).map { String(cString: $0) },
            sql: statement.sql
        )
    }
}

/// The present row of a statement; columns count from 0.
struct ResultRow {
    fileprivate let handle: OpaquePointer

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    func text(_ column: Int32) -> String {
        String(decoding: buffer(sqlite3_column_text(handle, column), column), as: UTF8.self)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        let start = sqlite3_column_blob(handle, column)?.assumingMemoryBound(to: UInt8.self)
        return Array(buffer(start, column))
    }

    /// Gives the bytes to a body without a copy.
    func withBytes<Value>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        let start = sqlite3_column_blob(handle, column)
        return try body(
            UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
        )
    }

    private func buffer(_ start: UnsafePointer<UInt8>?, _ column: Int32) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
    }
}
