// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import TaskiqCron

/// Forgets the rows of a table whose time is over, without an index on that time.
///
/// Rows are numbered in the order in which they are stored, and each is kept for about as long as the others, so those
/// whose time is over are at the lower end. Rows there that are kept for much longer (a clock that was wrong for a
/// while, a setting that was changed) are passed over.
struct ExpiryWalk {
    /// How many rows are looked at together.
    private static let step: Int64 = 128

    private let select: PreparedStatement
    private let newest: PreparedStatement
    private let delete: PreparedStatement
    private let deleteRange: PreparedStatement
    /// Where the next walk begins.
    private var start: Int64 = .min

    /// Prepares the statements.
    ///
    /// - Parameters:
    ///   - database: the connection.
    ///   - table: the table.
    ///   - number: its primary key.
    ///   - time: the column of the time until which a row is kept.
    /// - Throws: `DatabaseError`.
    init(_ database: Database, table: String, number: String, time: String) throws {
        select = try PreparedStatement(
            database,
            "SELECT \(number), \(time) FROM \(table) WHERE \(number) >= ?1 ORDER BY \(number) LIMIT ?2"
        )
        newest = try PreparedStatement(database, "SELECT \(time) FROM \(table) ORDER BY \(number) DESC LIMIT 1")
        delete = try PreparedStatement(database, "DELETE FROM \(table) WHERE \(number) = ?1")
        deleteRange = try PreparedStatement(database, "DELETE FROM \(table) WHERE \(number) BETWEEN ?1 AND ?2")
    }

    /// Removes rows whose time was over before an instant.
    ///
    /// - Returns: how many rows were removed.
    mutating func forget(before instant: Timestamp, atMost limit: Int) throws -> Int {
        var removed = 0
        while removed < limit {
            var rows: [(number: Int64, time: Int64)] = []
            try select.rows(start, min(Self.step, Int64(limit - removed))) { row in
                rows.append((row.integer(0), row.integer(1)))
            }
            guard let first = rows.first, let last = rows.last else {
                start = .min
                break
            }
            let now = instant.millisecondsSinceEpoch
            if rows.allSatisfy({ $0.time < now }) {
                removed += try deleteRange.run(first.number, last.number)
                continue
            }
            var count = 0
            for row in rows where row.time < now { count += try delete.run(row.number) }
            removed += count
            if count == 0 {
                guard let shortest = rows.map(\.time).min(), try shortest > newestTime() else { break }
                start = last.number + 1
            }
        }
        return removed
    }

    /// Removes the rows that were stored first, whatever their time.
    mutating func removeFirst(_ count: Int) throws -> Int {
        var numbers: [Int64] = []
        try select.rows(Int64.min, Int64(count)) { row in numbers.append(row.integer(0)) }
        guard let first = numbers.first, let last = numbers.last else { return 0 }
        return try deleteRange.run(first, last)
    }

    private func newestTime() throws -> Int64 {
        var time = Int64.max
        try newest.rows { row in time = row.integer(0) }
        return time
    }
}
