// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import Logging
import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol

/// Reads what the last life of the hub left, and begins the next one.
struct StateReader {
    private let database: Database
    private let path: String
    private let logger: Logger

    private let acceptsLoss: Bool

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - database: the connection.
    ///   - path: the file.
    ///   - acceptsLoss: whether to go on when rows are missing.
    ///   - logger: what it logs to.
    init(_ database: Database, path: String, acceptsLoss: Bool, logger: Logger) {
        self.database = database
        self.acceptsLoss = acceptsLoss
        self.path = path
        self.logger = logger
    }

    /// Reads everything but bodies; the epoch is one higher when the surrounding transaction commits.
    func read() throws -> RecoveredState {
        let (epoch, limit) = try beginEpoch()
        let keys = try keys()
        let messages = try readableMessages(keys: keys)
        try checkCount(messages.count)
        var next = max(limit, 1)
        for last in [messages.last?.message.sequence, keys.last?.sequence, try lastEnded()] {
            if let last, last >= next { next = last == .max ? last : last + 1 }
        }
        return RecoveredState(
            epoch: epoch,
            nextSequence: next,
            messages: messages,
            keys: keys,
            catalogues: try catalogues(),
            scheduleStates: try scheduleStates(),
            pausedQueues: try pausedQueues(),
            cancelling: try cancelling()
        )
    }

    private func beginEpoch() throws -> (epoch: UInt64, limit: Int64) {
        try PreparedStatement(database, "UPDATE meta SET epoch = epoch + 1, group_number = group_number + 1").run()
        var found: (UInt64, Int64)?
        try PreparedStatement(database, "SELECT epoch, sequence_limit FROM meta").rows { row in
            found = UInt64(exactly: row.integer(0)).map { ($0, row.integer(1)) }
        }
        guard let found else { throw damaged("the row of the table meta is missing or senseless") }
        return found
    }

    /// Reads the keys by their messages' numbers; one that was used again belongs to the newer message.
    private func keys() throws -> [(key: SubmissionKey, sequence: Int64)] {
        var keys: [(key: SubmissionKey, sequence: Int64)] = []
        var seen: Set<PeerIdentity> = []
        let select = "SELECT key, body_hash, until_ms, sequence FROM submission ORDER BY sequence DESC"
        try PreparedStatement(database, select).rows { row in
            guard let key = PeerIdentity(row.bytes(0)) else {
                throw damaged("a key of a submission has a wrong length")
            }
            guard seen.insert(key).inserted else { return }
            keys.append((SubmissionKey(key: key, bodyHash: row.integer(1), until: row.timestamp(2)), row.integer(3)))
        }
        keys.reverse()
        return keys
    }

    /// Reads the messages, without the sizes of their bodies if one of those cannot be read: to look at a size is to look
    /// at the whole head of the row, and a row that is damaged there must not keep all others from being read.
    private func readableMessages(keys: [(key: SubmissionKey, sequence: Int64)]) throws -> [RecoveredState.Message] {
        do {
            return try messages(keys: keys, withSizes: true)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            return try messages(keys: keys, withSizes: false)
        }
    }

    /// Reads the messages by their numbers; both lists are in that order, so each message finds its key beside it.
    private func messages(
        keys: [(key: SubmissionKey, sequence: Int64)],
        withSizes: Bool
    ) throws -> [RecoveredState.Message] {
        var messages: [RecoveredState.Message] = []
        var texts = SharedTexts()
        var nextKey = keys.makeIterator()
        var key = nextKey.next()
        let first = MessageColumns.count
        let size = withSizes ? "ifnull(size, (SELECT length(body) FROM body WHERE sequence = m.number))" : "0"
        let select = """
            SELECT \(MessageColumns.names), m.number, l.sequence IS NULL, ifnull(l.attempt, m.first_attempt), \
            CASE WHEN l.sequence IS NULL THEN m.first_worker ELSE l.worker END, ifnull(crashes, 0), \
            ifnull(acknowledged, 0), ifnull(unacknowledged_attempt, 0), ifnull(postponed, 0), l.postponed_ms, \
            r.is_error, r.result_ms, \(size) \
            FROM (SELECT \(MessageColumns.names), sequence AS number, attempt AS first_attempt, \
            worker AS first_worker, length(body) AS size FROM message) m \
            LEFT JOIN (SELECT sequence, attempt, worker, crashes, acknowledged, unacknowledged_attempt, postponed, \
            due_ms AS postponed_ms, result FROM lease) l ON l.sequence = m.number \
            LEFT JOIN (SELECT id, is_error, expires_ms AS result_ms FROM result) r ON r.id = l.result ORDER BY m.number
            """
        try PreparedStatement(database, select).rows { row in
            var message = row.message(row.integer(first), from: 0, &texts)
            let isIntact = RowChecksum.matchesHead(row.integer(first - 1), message)
            while let candidate = key, candidate.sequence < message.sequence { key = nextKey.next() }
            if let candidate = key, candidate.sequence == message.sequence { message.key = candidate.key }
            if row.integer(first + 7) != 0 {
                message.dueAt = row.isNull(first + 8) ? nil : row.timestamp(first + 8)
            }
            var recovered = RecoveredState.Message(
                message: message,
                bodySize: Int(clamping: row.integer(first + 11)),
                attempt: Int32(clamping: row.integer(first + 2)),
                crashes: Int32(clamping: row.integer(first + 4)),
                worker: row.isNull(first + 3) ? nil : PeerIdentity(row.bytes(first + 3)),
                isAcknowledged: row.integer(first + 5) != 0,
                unacknowledgedAttempt: Int32(clamping: row.integer(first + 6)),
                result: row.isNull(first + 9)
                    ? nil : RetainedResult(isError: row.integer(first + 9) != 0, expiresAt: row.timestamp(first + 10))
            )
            if !isIntact { recovered.damage = "the row of message \(message.sequence) is not what was stored" }
            messages.append(recovered)
        }
        return messages
    }

    /// Notices rows that vanished with the page that said where they are.
    private func checkCount(_ count: Int) throws {
        var stored: Int64?
        try PreparedStatement(database, "SELECT message_count FROM meta").rows { row in stored = row.integer(0) }
        guard let stored, stored != Int64(count) else { return }
        let problem = HubStoreError(
            .damaged,
            "\(path) is damaged: it has \(count) messages, and \(stored) were stored; keep it for inquiry, and restore a "
                + "copy, or start with --accept-rollback to go on with what is there"
        )
        guard acceptsLoss else { throw problem }
        logger.critical("\(problem)")
        try PreparedStatement(database, "UPDATE meta SET message_count = ?1").run(Int64(count))
    }

    private func lastEnded() throws -> Int64? {
        var last: Int64?
        try PreparedStatement(database, "SELECT ifnull(max(sequence), 0) FROM dead_letter").rows { row in
            last = row.integer(0)
        }
        return last
    }

    private func catalogues() throws -> [TaskCatalogue] {
        var catalogues: [TaskCatalogue] = []
        let select = "SELECT application, json FROM catalogue ORDER BY application"
        try PreparedStatement(database, select).rows { row in
            do {
                catalogues.append(try TaskCatalogue(json: row.bytes(1)))
            } catch {
                // The application announces it again when one of its workers connects.
                logger.error("catalogue left out", metadata: ["application": "\(row.text(0))", "error": "\(error)"])
            }
        }
        return catalogues
    }

    private func scheduleStates() throws -> [ScheduleID: ScheduleState] {
        var states: [ScheduleID: ScheduleState] = [:]
        let select = "SELECT schedule_id, cursor_ms, fingerprint FROM schedule_state"
        try PreparedStatement(database, select).rows { row in
            let state = ScheduleState(cursor: row.timestamp(1), fingerprint: row.text(2))
            states[ScheduleID(rawValue: row.text(0))] = state
        }
        return states
    }

    private func cancelling() throws -> [Int64: String] {
        var reasons: [Int64: String] = [:]
        try PreparedStatement(database, "SELECT sequence, reason FROM cancellation").rows { row in
            reasons[row.integer(0)] = row.text(1)
        }
        return reasons
    }

    private func pausedQueues() throws -> Set<String> {
        var names: Set<String> = []
        try PreparedStatement(database, "SELECT name FROM paused_queue").rows { row in names.insert(row.text(0)) }
        return names
    }

    private func damaged(_ what: String) -> HubStoreError {
        HubStoreError(.damaged, "\(path) is damaged: \(what); keep it for inquiry, and restore a copy")
    }
}
