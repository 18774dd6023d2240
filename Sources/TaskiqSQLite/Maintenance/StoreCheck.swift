// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import Taskiq
import TaskiqHub

/// Looks at everything in a store, and says all that is wrong instead of stopping at the first.
struct StoreCheck {
    private let database: Database
    private let path: String
    private var report = StoreCheckReport()

    private static let restore = "keep the file for inquiry, and restore a copy"
    private static let scrub = "the hub puts it aside when it comes to it, and goes on with the others"
    private static let harmless = "nothing needs to be done: it is never used"

    init(_ database: Database, path: String) {
        self.database = database
        self.path = path
    }

    /// Looks.
    mutating func run(_ rollback: RollbackCheck, storeID: [UInt8]) -> StoreCheckReport {
        attempt("file") { check in try check.structure() }
        attempt("file") { check in try check.totals(rollback, storeID) }
        attempt("rows") { check in try check.checksums() }
        attempt("table lease") { check in try check.references() }
        attempt("table catalogue") { check in try check.catalogues() }
        return report
    }

    private mutating func attempt(_ place: String, _ look: (inout StoreCheck) throws -> Void) {
        do {
            try look(&self)
        } catch {
            add(place, "it cannot be read: \(HubStoreError(error, path: path, action: "reading"))", Self.restore)
        }
    }

    private mutating func add(_ place: String, _ what: String, _ remedy: String) {
        report.problems.append(StoreCheckReport.Problem(place: place, what: what, remedy: remedy))
    }

    private mutating func structure() throws {
        for line in try strings("PRAGMA integrity_check(100)") where line != "ok" {
            add("file", line, Self.restore)
        }
        let free = try integer("PRAGMA freelist_count") ?? 0
        report.unusedBytes = free * (try integer("PRAGMA page_size") ?? 0)
    }

    private mutating func totals(_ rollback: RollbackCheck, _ storeID: [UInt8]) throws {
        let writer = try GroupWriter(database, retention: StoreRetention())
        report.statistics = writer.counts
        report.groupNumber = writer.groupNumber
        let needsMark = try HubSchema.needsMark(database)
        if let problem = rollback.problem(storeID: storeID, group: writer.groupNumber, needsMark: needsMark) {
            add("file hwm", problem.description, "the hub does not start before that was decided")
        }
        let stored = try integer("SELECT message_count FROM meta") ?? 0
        if stored != Int64(writer.counts.messages) {
            add("table message", "it has \(writer.counts.messages) rows, and \(stored) were stored", Self.restore)
        }
        let limit = try integer("SELECT sequence_limit FROM meta") ?? 0
        for table in ["message", "dead_letter", "submission"] {
            guard let last = try integer("SELECT max(sequence) FROM \(table)"), last >= limit else { continue }
            add("table \(table)", "number \(last) is beyond \(limit), the first that is free", Self.restore)
        }
    }

    private mutating func checksums() throws {
        var next: Int64? = 0
        while let start = next {
            let found = try Scrubber(database).look(from: start, limit: 1_000)
            report.checkedRows += found.checked
            for damage in found.damaged { add("table message, number \(damage.sequence)", damage.reason, Self.scrub) }
            for reason in found.others {
                add("stored rows", reason, "whoever asks for it is told; drop it when it is not needed")
            }
            next = found.next
        }
    }

    private mutating func references() throws {
        for table in ["lease", "body"] {
            var select = "SELECT sequence FROM \(table) WHERE sequence NOT IN (SELECT sequence FROM message)"
            if table == "body" {
                select += " AND sequence NOT IN (SELECT sequence FROM dead_letter)"
                select += " AND sequence NOT IN (SELECT sequence FROM quarantine)"
            }
            for number in try integers(select + " LIMIT 100") {
                add("table \(table), number \(number)", "there is no message with that number", Self.harmless)
            }
        }
    }

    private mutating func catalogues() throws {
        var broken: [String] = []
        try PreparedStatement(database, "SELECT application, json FROM catalogue").rows { row in
            if (try? TaskCatalogue(json: row.bytes(1))) == nil { broken.append(row.text(0)) }
        }
        for name in broken {
            add("table catalogue", "that of \(name) cannot be read", "its workers announce it again when they connect")
        }
    }

    // MARK: Reading

    private func strings(_ sql: String) throws -> [String] {
        var found: [String] = []
        try PreparedStatement(database, sql).rows { row in found.append(row.text(0)) }
        return found
    }

    private func integers(_ sql: String) throws -> [Int64] {
        var found: [Int64] = []
        try PreparedStatement(database, sql).rows { row in
            if !row.isNull(0) { found.append(row.integer(0)) }
        }
        return found
    }

    private func integer(_ sql: String) throws -> Int64? { try integers(sql).first }
}
