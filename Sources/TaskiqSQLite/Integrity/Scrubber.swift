// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import TaskiqHub

/// Compares rows with their checksums, some at a time.
struct Scrubber {
    private enum Table: Int64, CaseIterable {
        case message, result, deadLetter

        var next: Table? { Table(rawValue: rawValue + 1) }
    }

    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// Looks at rows.
    ///
    /// - Parameters:
    ///   - start: where to begin: four times a row's number, and which table it is in.
    ///   - limit: most rows to look at.
    /// - Returns: what was found, and where to go on.
    /// - Throws: `DatabaseError`.
    func look(from start: Int64, limit: Int) throws -> ScrubReport {
        var report = ScrubReport()
        var table = Table(rawValue: start & 3) ?? .message
        var number = start >> 2
        while report.checked < limit {
            let before = report.checked
            let last = try look(table, from: number, limit: limit - before, &report)
            if let last, report.checked == limit {
                report.next = (last + 1) << 2 | table.rawValue
            } else if let next = table.next {
                (table, number) = (next, 0)
                report.next = table.rawValue
                continue
            } else {
                report.next = nil
            }
            break
        }
        return report
    }

    private func look(_ table: Table, from number: Int64, limit: Int, _ report: inout ScrubReport) throws -> Int64? {
        switch table {
        case .message: try messages(from: number, limit: limit, &report)
        case .result: try results(from: number, limit: limit, &report)
        case .deadLetter: try deadLetters(from: number, limit: limit, &report)
        }
    }

    private func messages(from number: Int64, limit: Int, _ report: inout ScrubReport) throws -> Int64? {
        let select = """
            SELECT sequence, \(MessageColumns.names), body FROM message WHERE sequence >= ?1 ORDER BY sequence LIMIT ?2
            """
        let bodies = try BodyReader(database)
        var texts = SharedTexts()
        var last: Int64?
        var damaged: [ScrubReport.Damage] = []
        try PreparedStatement(database, select).rows(number, Int64(limit)) { row in
            let sequence = row.integer(0)
            last = sequence
            report.checked += 1
            if let reason = try Self.damage(of: "message", in: row, bodies, &texts) {
                damaged.append(ScrubReport.Damage(sequence: sequence, reason: reason))
            }
        }
        report.damaged += damaged
        return last
    }

    private func deadLetters(from number: Int64, limit: Int, _ report: inout ScrubReport) throws -> Int64? {
        let select = """
            SELECT sequence, \(MessageColumns.names), body FROM dead_letter WHERE sequence >= ?1 ORDER BY sequence \
            LIMIT ?2
            """
        let bodies = try BodyReader(database)
        var texts = SharedTexts()
        var last: Int64?
        var damaged: [String] = []
        try PreparedStatement(database, select).rows(number, Int64(limit)) { row in
            last = row.integer(0)
            report.checked += 1
            if let reason = try Self.damage(of: "dead letter", in: row, bodies, &texts) { damaged.append(reason) }
        }
        report.others += damaged
        return last
    }

    private func results(from number: Int64, limit: Int, _ report: inout ScrubReport) throws -> Int64? {
        let select = "SELECT \(ListingReader.resultColumns) FROM result WHERE id >= ?1 ORDER BY id LIMIT ?2"
        var last: Int64?
        var damaged: [String] = []
        try PreparedStatement(database, select).rows(number, Int64(limit)) { row in
            let entry = ListingReader.result(in: row)
            last = entry.position
            report.checked += 1
            if case .damaged(let reason) = entry.body { damaged.append(reason) }
        }
        report.others += damaged
        return last
    }

    private static func damage(
        of kind: String,
        in row: ResultRow,
        _ bodies: BodyReader,
        _ texts: inout SharedTexts
    ) throws -> String? {
        let sequence = row.integer(0)
        let checksum = row.integer(MessageColumns.count)
        guard RowChecksum.matchesHead(checksum, row.message(sequence, from: 1, &texts)) else {
            return "the row of \(kind) \(sequence) is not what was stored"
        }
        let column = MessageColumns.count + 1
        guard case .damaged(let reason) = try bodies.body(of: sequence, checksum: checksum, column: column, in: row)
        else { return nil }
        return reason
    }
}
