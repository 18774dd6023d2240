// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import TaskiqHub

/// Reads bodies, and tells those that are what was stored from those that are not.
struct BodyReader {
    private let inline: PreparedStatement
    private let large: PreparedStatement

    init(_ database: Database) throws {
        inline = try PreparedStatement(database, "SELECT checksum, body FROM message WHERE sequence = ?1")
        large = try PreparedStatement(database, "SELECT body FROM body WHERE sequence = ?1")
    }

    /// Reads the body of a message.
    ///
    /// - Returns: nil if there is no such message.
    func body(of sequence: Int64) throws -> StoredBody? {
        var found: StoredBody?
        do {
            try inline.rows(sequence) { row in
                found = try body(of: sequence, checksum: row.integer(0), column: 1, in: row)
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            // The pages of this row alone may be damaged; if it is more than that, its removal fails, and that is told.
            return .damaged(reason: "the body of message \(sequence) cannot be read: \(error.message ?? "no message")")
        }
        return found
    }

    /// Checks the body in a row, or in the table of large ones if the row has none.
    func body(of sequence: Int64, checksum: Int64, column: Int32, in row: ResultRow) throws -> StoredBody {
        guard row.isNull(column) else { return check(row, column, checksum, sequence) }
        var found = StoredBody.damaged(reason: "the body of message \(sequence) is missing")
        try large.rows(sequence) { row in found = check(row, 0, checksum, sequence) }
        return found
    }

    private func check(_ row: ResultRow, _ column: Int32, _ checksum: Int64, _ sequence: Int64) -> StoredBody {
        row.withBytes(column) { bytes in
            RowChecksum.matchesBody(checksum, bytes, of: sequence)
                ? .intact(Array(bytes))
                : .damaged(reason: "the body of message \(sequence) is not what was stored: its checksum is another")
        }
    }
}
