// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import TaskiqCron
import TaskiqHub

/// Removes what a store need not keep any more, a few thousand rows at a time.
struct Forgetting {
    /// How many rows one call removes at most, so that it never holds up the group it is in.
    private static let rowsAtOnce = 5_000

    private let retention: StoreRetention
    private var results: ExpiryWalk
    private var submissions: ExpiryWalk
    private let oldSlots: PreparedStatement
    private let oldDeadLetters: PreparedStatement
    private let firstDeadLetters: PreparedStatement
    private let deleteBody: PreparedStatement
    private let deleteDeadLetter: PreparedStatement

    init(_ database: Database, retention: StoreRetention) throws {
        self.retention = retention
        results = try ExpiryWalk(database, table: "result", number: "id", time: "expires_ms")
        submissions = try ExpiryWalk(database, table: "submission", number: "sequence", time: "until_ms")
        oldSlots = try PreparedStatement(
            database,
            """
            DELETE FROM slot WHERE (schedule_id, instant_ms) IN \
            (SELECT schedule_id, instant_ms FROM slot WHERE decided_ms < ?1 ORDER BY decided_ms LIMIT ?2)
            """
        )
        oldDeadLetters = try PreparedStatement(
            database,
            "SELECT sequence FROM dead_letter WHERE dead_ms < ?1 ORDER BY dead_ms LIMIT ?2"
        )
        firstDeadLetters = try PreparedStatement(
            database,
            "SELECT sequence FROM dead_letter ORDER BY sequence LIMIT ?1"
        )
        deleteBody = try PreparedStatement(database, GroupSQL.deleteBody)
        deleteDeadLetter = try PreparedStatement(database, GroupSQL.dropDeadLetter)
    }

    /// Removes rows, and counts them.
    mutating func forget(expiredBefore instant: Timestamp, _ counts: inout StoreStatistics) throws {
        var room = Self.rowsAtOnce
        var removed = try results.forget(before: instant, atMost: room)
        let excess = min(room - removed, counts.results - removed - retention.maximumResults)
        if excess > 0 { removed += try results.removeFirst(excess) }
        counts.results -= removed
        room -= removed
        removed = try submissions.forget(before: instant, atMost: room)
        counts.submissionKeys -= removed
        room -= removed
        guard room > 0 else { return }
        counts.slots -= try forgetSlots(before: instant, atMost: room, count: counts.slots)
        counts.deadLetters -= try forgetDeadLetters(before: instant, atMost: room, count: counts.deadLetters)
    }

    private func forgetSlots(before instant: Timestamp, atMost limit: Int, count: Int) throws -> Int {
        let removed = try oldSlots.run(instant.adding(.zero - retention.slotAge), Int64(limit))
        let excess = min(limit - removed, count - removed - retention.maximumSlots)
        return excess > 0 ? removed + (try oldSlots.run(Timestamp.latest, Int64(excess))) : removed
    }

    private func forgetDeadLetters(before instant: Timestamp, atMost limit: Int, count: Int) throws -> Int {
        var doomed: [Int64] = []
        if let age = retention.deadLetterAge {
            try oldDeadLetters.rows(instant.adding(.zero - age), Int64(limit)) { doomed.append($0.integer(0)) }
        }
        for sequence in doomed { try drop(sequence) }
        let excess = min(limit - doomed.count, count - doomed.count - retention.maximumDeadLetters)
        guard excess > 0 else { return doomed.count }
        var first: [Int64] = []
        try firstDeadLetters.rows(Int64(excess)) { first.append($0.integer(0)) }
        for sequence in first { try drop(sequence) }
        return doomed.count + first.count
    }

    private func drop(_ sequence: Int64) throws {
        try deleteDeadLetter.run(sequence)
        try deleteBody.run(sequence)
    }
}
