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

    init(_ database: Database, path: String, logger: Logger) {
        self.database = database
        self.path = path
        self.logger = logger
    }

    /// Reads everything but bodies; the epoch is one higher when the surrounding transaction commits.
    func read() throws -> RecoveredState {
        let (epoch, limit) = try beginEpoch()
        let keys = try keys()
        let messages = try messages(keys: keys)
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
            scheduleStates: try scheduleStates()
        )
    }

    private func beginEpoch() throws -> (epoch: UInt64, limit: Int64) {
        try PreparedStatement(database, "UPDATE meta SET epoch = epoch + 1").run()
        var found: (UInt64, Int64)?
        try PreparedStatement(database, "SELECT epoch, sequence_limit FROM meta").rows { row in
            found = UInt64(exactly: row.integer(0)).map { ($0, row.integer(1)) }
        }
        guard let found else { throw damaged("the row of the table meta is missing or senseless") }
        return found
    }

    private func keys() throws -> [(key: SubmissionKey, sequence: Int64)] {
        var keys: [(key: SubmissionKey, sequence: Int64)] = []
        let select = "SELECT key, body_hash, until_ms, sequence FROM submission ORDER BY sequence, key"
        try PreparedStatement(database, select).rows { row in
            guard let key = PeerIdentity(row.bytes(0)) else {
                throw damaged("a key of a submission has a wrong length")
            }
            keys.append((SubmissionKey(key: key, bodyHash: row.integer(1), until: row.timestamp(2)), row.integer(3)))
        }
        return keys
    }

    /// Reads the messages by their numbers; both lists are in that order, so each message finds its key beside it.
    private func messages(keys: [(key: SubmissionKey, sequence: Int64)]) throws -> [RecoveredState.Message] {
        var messages: [RecoveredState.Message] = []
        var nextKey = keys.makeIterator()
        var key = nextKey.next()
        let select = """
            SELECT m.sequence, queue, task_name, m.task_id, priority, enqueued_ms, due_ms, schedule_id, scheduled_ms, \
            ifnull(attempt, 0), ifnull(crashes, 0), ifnull(acknowledged, 0), worker, \
            ifnull(unacknowledged_attempt, 0), r.is_error, r.expires_ms \
            FROM message m LEFT JOIN lease l ON l.sequence = m.sequence \
            LEFT JOIN result r ON r.sequence = m.sequence ORDER BY m.sequence
            """
        try PreparedStatement(database, select).rows { row in
            var message = row.message
            while let candidate = key, candidate.sequence < message.sequence { key = nextKey.next() }
            if let candidate = key, candidate.sequence == message.sequence { message.key = candidate.key }
            messages.append(
                RecoveredState.Message(
                    message: message,
                    attempt: Int32(clamping: row.integer(9)),
                    crashes: Int32(clamping: row.integer(10)),
                    worker: row.isNull(12) ? nil : PeerIdentity(row.bytes(12)),
                    isAcknowledged: row.integer(11) != 0,
                    unacknowledgedAttempt: Int32(clamping: row.integer(13)),
                    result: row.isNull(14)
                        ? nil : RetainedResult(isError: row.integer(14) != 0, expiresAt: row.timestamp(15))
                )
            )
        }
        return messages
    }

    private func lastEnded() throws -> Int64? {
        var last: Int64?
        let select =
            "SELECT max(ifnull((SELECT max(sequence) FROM result), 0), ifnull(max(sequence), 0)) FROM dead_letter"
        try PreparedStatement(database, select).rows { row in last = row.integer(0) }
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

    private func damaged(_ what: String) -> HubStoreError {
        HubStoreError(.damaged, "\(path) is damaged: \(what); keep it for inquiry, and restore a copy")
    }
}

extension ResultRow {
    fileprivate var message: StoredMessage {
        var message = StoredMessage(
            sequence: integer(0),
            queue: text(1),
            taskName: text(2),
            taskID: text(3),
            priority: UInt8(clamping: integer(4)),
            enqueuedAt: timestamp(5),
            body: []
        )
        message.dueAt = isNull(6) ? nil : timestamp(6)
        message.scheduleID = isNull(7) ? nil : text(7)
        message.scheduledAt = isNull(8) ? nil : timestamp(8)
        return message
    }

    fileprivate func timestamp(_ column: Int32) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: integer(column))
    }
}
