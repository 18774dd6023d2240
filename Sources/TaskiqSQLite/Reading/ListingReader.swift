// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import TaskiqHub

/// Reads what people ask for: results and dead letters, a page at a time.
struct ListingReader {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    // MARK: Results

    private static let resultHead = "id, sequence, task_id, task_name, is_error, stored_ms, expires_ms, checksum"
    static let resultColumns = "\(resultHead), length(body), body"
    /// SQLite tells a body's length without reading it, and it is the row's last column: larger ones stay on the disk.
    private static let listedColumns = """
        \(resultHead), length(body), CASE WHEN length(body) <= \(StoredResultEntry.maximumBody) THEN body END
        """

    /// The newest result of a task.
    func result(of taskID: String) throws -> StoredBody? {
        let select = """
            SELECT \(Self.resultColumns) FROM result WHERE task_id = ?1 ORDER BY sequence DESC, id DESC LIMIT 1
            """
        var found: StoredBody?
        try PreparedStatement(database, select).rows(taskID) { row in found = Self.result(in: row).body }
        return found
    }

    func results(_ page: StorePage) throws -> [StoredResultEntry] {
        var entries: [StoredResultEntry] = []
        try rows(page, of: "result", number: "id", columns: Self.listedColumns) { row in
            entries.append(Self.result(in: row))
        }
        return page.newestFirst(entries)
    }

    static func result(in row: ResultRow) -> StoredResultEntry {
        var entry = StoredResultEntry(
            position: row.integer(0),
            sequence: row.integer(1),
            taskID: row.text(2),
            taskName: row.text(3),
            isError: row.integer(4) != 0,
            storedAt: row.isNull(5) ? nil : row.timestamp(5),
            expiresAt: row.timestamp(6),
            bodySize: Int(clamping: row.integer(8)),
            body: nil
        )
        if row.isNull(9), entry.bodySize > StoredResultEntry.maximumBody { return entry }
        let body = row.bytes(9)
        entry.body = .intact(body)
        let outcome = StoredOutcome(
            taskID: entry.taskID,
            isError: entry.isError,
            expiresAt: entry.expiresAt,
            body: body
        )
        if RowChecksum.of(outcome, of: entry.sequence) != row.integer(7) {
            entry.body = .damaged(
                reason: "the result of task \(entry.taskID) is not what was stored: its checksum is another"
            )
        }
        return entry
    }

    // MARK: Dead letters

    private static let letterColumns = """
        sequence, \(MessageColumns.names), attempts, crashes, reason, dead_ms, \
        ifnull(length(body), (SELECT length(body) FROM body b WHERE b.sequence = dead_letter.sequence))
        """

    func deadLetters(_ page: StorePage) throws -> [StoredDeadLetter] {
        var letters: [StoredDeadLetter] = []
        var texts = SharedTexts()
        try rows(page, of: "dead_letter", number: "sequence", columns: Self.letterColumns) { row in
            var letter = Self.letter(in: row, &texts)
            letter.message.dueAt = nil
            letters.append(letter)
        }
        return page.newestFirst(letters)
    }

    func deadLetter(sequence: Int64) throws -> StoredDeadLetter? {
        let select = "SELECT \(Self.letterColumns), body FROM dead_letter WHERE sequence = ?1"
        var found: StoredDeadLetter?
        let bodies = try BodyReader(database)
        try PreparedStatement(database, select).rows(sequence) { row in
            found = try Self.letterWithBody(in: row, bodies)
        }
        return found
    }

    func deadLetter(taskID: String) throws -> StoredDeadLetter? {
        var sequence: Int64?
        try PreparedStatement(database, "SELECT max(sequence) FROM dead_letter WHERE task_id = ?1").rows(taskID) {
            row in
            if !row.isNull(0) { sequence = row.integer(0) }
        }
        return try sequence.flatMap(deadLetter(sequence:))
    }

    private static func letter(in row: ResultRow, _ texts: inout SharedTexts) -> StoredDeadLetter {
        let after = 1 + MessageColumns.count
        return StoredDeadLetter(
            message: row.message(row.integer(0), from: 1, &texts),
            attempts: Int32(clamping: row.integer(after)),
            crashes: Int32(clamping: row.integer(after + 1)),
            reason: row.text(after + 2),
            deadAt: row.timestamp(after + 3),
            bodySize: Int(clamping: row.integer(after + 4))
        )
    }

    private static func letterWithBody(in row: ResultRow, _ bodies: BodyReader) throws -> StoredDeadLetter {
        let checksum = row.integer(MessageColumns.count)
        var texts = SharedTexts()
        var letter = Self.letter(in: row, &texts)
        let sequence = letter.message.sequence
        switch try bodies.body(of: sequence, checksum: checksum, column: 6 + MessageColumns.count, in: row) {
        case .intact(let body): letter.message.body = body
        case .damaged(let reason): letter.damage = reason
        }
        if !RowChecksum.matchesHead(checksum, letter.message) {
            letter.damage = "the row of dead letter \(sequence) is not what was stored"
        }
        // A moment that is over when it is put back.
        letter.message.dueAt = nil
        return letter
    }

    private func rows(
        _ page: StorePage,
        of table: String,
        number: String,
        columns: String,
        _ body: (ResultRow) throws -> Void
    ) throws {
        let order = page.after == nil ? "DESC" : "ASC"
        let select = """
            SELECT \(columns) FROM \(table) WHERE \(number) < ?1 AND \(number) > ?2 ORDER BY \(number) \(order) LIMIT ?3
            """
        try PreparedStatement(database, select)
            .rows(page.before ?? .max, page.after ?? .min, Int64(page.limit), body: body)
    }
}

extension StorePage {
    /// Rows in the order of a page, from the order in which they were read.
    fileprivate func newestFirst<Row>(_ rows: [Row]) -> [Row] {
        after == nil ? rows : rows.reversed()
    }
}
