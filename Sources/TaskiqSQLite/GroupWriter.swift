// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol

/// Makes the changes of one group, inside its transaction.
///
/// A change of a message that is not there is left out: it was made by an earlier life of the hub.
struct GroupWriter {
    /// How many rows one `forget` removes at most, so that it never holds up the group it is in.
    static let forgottenAtOnce: Int64 = 5_000

    private let insertMessage: PreparedStatement
    private let insertSubmission: PreparedStatement
    private let lease: PreparedStatement
    private let release: PreparedStatement
    private let postpone: PreparedStatement
    private let acknowledge: PreparedStatement
    private let retain: PreparedStatement
    private let retainResult: PreparedStatement
    private let bury: PreparedStatement
    private let deleteMessage: PreparedStatement
    private let deleteLease: PreparedStatement
    private let insertResult: PreparedStatement
    private let dropResults: PreparedStatement
    private let raiseSequenceLimit: PreparedStatement
    private let forgetResults: PreparedStatement
    private let forgetSubmissions: PreparedStatement
    private let upsertCatalogue: PreparedStatement
    private let insertSlot: PreparedStatement
    private let upsertScheduleState: PreparedStatement

    /// Prepares the statements, or takes them from the connection's cache.
    init(_ database: Database) throws {
        insertMessage = try PreparedStatement(database, SQL.insertMessage)
        insertSubmission = try PreparedStatement(database, SQL.insertSubmission)
        lease = try PreparedStatement(database, SQL.lease)
        release = try PreparedStatement(database, SQL.release)
        postpone = try PreparedStatement(database, SQL.postpone)
        acknowledge = try PreparedStatement(database, SQL.acknowledge)
        retain = try PreparedStatement(database, SQL.retain)
        retainResult = try PreparedStatement(database, SQL.retainResult)
        bury = try PreparedStatement(database, SQL.bury)
        deleteMessage = try PreparedStatement(database, SQL.deleteMessage)
        deleteLease = try PreparedStatement(database, SQL.deleteLease)
        insertResult = try PreparedStatement(database, SQL.insertResult)
        dropResults = try PreparedStatement(database, SQL.dropResults)
        raiseSequenceLimit = try PreparedStatement(database, SQL.raiseSequenceLimit)
        forgetResults = try PreparedStatement(database, SQL.forgetResults)
        forgetSubmissions = try PreparedStatement(database, SQL.forgetSubmissions)
        upsertCatalogue = try PreparedStatement(database, SQL.upsertCatalogue)
        insertSlot = try PreparedStatement(database, SQL.insertSlot)
        upsertScheduleState = try PreparedStatement(database, SQL.upsertScheduleState)
    }

    /// Makes changes, in order.
    func apply(_ operations: [StoreOperation]) throws {
        var lastSequence: Int64?
        for operation in operations {
            if case .insert(let message) = operation {
                lastSequence = max(lastSequence ?? message.sequence, message.sequence)
            }
            try apply(operation)
        }
        // No number comes again, even if the hub reserved none and nothing is left of the message.
        if let lastSequence, lastSequence < .max { try raiseSequenceLimit.run(lastSequence + 1) }
    }

    private func apply(_ operation: StoreOperation) throws {
        switch operation {
        case .insert(let message):
            try insert(message)
        case .lease(let key, let worker):
            try lease.run(key.sequence, key.attempt, worker)
        case .release(let sequence, let crashes, let dueAt):
            try release.run(sequence, crashes)
            try postpone.run(sequence, dueAt)
        case .acknowledge(let sequence):
            try acknowledge.run(sequence)
        case .retain(let key, let result):
            try retain.run(key.sequence, key.attempt)
            if let result {
                try retainResult.run(key.sequence, result.taskID, result.isError, result.expiresAt, result.body)
            }
        case .complete(let sequence, let result):
            try end(sequence, result: result)
        case .bury(let sequence, let reason, let instant, let result):
            try bury.run(sequence, reason, instant)
            try end(sequence, result: result)
        case .dropResults(let taskID):
            try dropResults.run(taskID)
        case .reserveSequences(let limit):
            try raiseSequenceLimit.run(limit)
        case .forget(let instant):
            let results = try forgetResults.run(instant, Self.forgottenAtOnce)
            try forgetSubmissions.run(instant, Self.forgottenAtOnce - Int64(results))
        case .catalogue(let application, let json, let instant):
            try upsertCatalogue.run(application, json, instant)
        case .slot(let row):
            let slot = row.slot
            try insertSlot.run(slot.scheduleID.rawValue, slot.instant, row.decidedAt, row.sequence, row.reason)
        case .scheduleState(let id, let state):
            try upsertScheduleState.run(id.rawValue, state.cursor, state.fingerprint)
        }
    }

    private func insert(_ message: StoredMessage) throws {
        try insertMessage.run(
            message.sequence,
            message.queue,
            message.taskName,
            message.taskID,
            message.priority,
            message.enqueuedAt,
            message.dueAt,
            message.scheduleID,
            message.scheduledAt,
            message.body
        )
        guard let key = message.key else { return }
        try insertSubmission.run(key.key, message.sequence, key.bodyHash, key.until)
    }

    private func end(_ sequence: Int64, result: StoredOutcome?) throws {
        guard try deleteMessage.run(sequence) > 0 else { return }
        try deleteLease.run(sequence)
        guard let result else { return }
        try insertResult.run(sequence, result.taskID, result.isError, result.expiresAt, result.body)
    }
}

/// The statements; `?1` is the message's number wherever there is one.
private enum SQL {
    static let insertMessage = """
        INSERT INTO message (sequence, queue, task_name, task_id, priority, enqueued_ms, due_ms, schedule_id, \
        scheduled_ms, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """
    static let insertSubmission = """
        INSERT OR REPLACE INTO submission (key, sequence, body_hash, until_ms) VALUES (?1, ?2, ?3, ?4)
        """
    static let lease = """
        INSERT INTO lease (sequence, attempt, crashes, acknowledged, worker) \
        SELECT ?1, ?2, 0, 0, ?3 WHERE EXISTS (SELECT 1 FROM message WHERE sequence = ?1) \
        ON CONFLICT (sequence) DO UPDATE SET attempt = excluded.attempt, worker = excluded.worker
        """
    static let release = """
        INSERT INTO lease (sequence, attempt, crashes, acknowledged, worker) \
        SELECT ?1, 0, ?2, 0, NULL WHERE EXISTS (SELECT 1 FROM message WHERE sequence = ?1) \
        ON CONFLICT (sequence) DO UPDATE SET crashes = excluded.crashes, worker = NULL
        """
    // A message is rewritten with its body, so not for a due time that it has already.
    static let postpone = "UPDATE message SET due_ms = ?2 WHERE sequence = ?1 AND due_ms IS NOT ?2"
    static let acknowledge = """
        INSERT INTO lease (sequence, attempt, crashes, acknowledged, worker) \
        SELECT ?1, 0, 0, 1, NULL WHERE EXISTS (SELECT 1 FROM message WHERE sequence = ?1) \
        ON CONFLICT (sequence) DO UPDATE SET acknowledged = 1
        """
    static let retain = """
        INSERT INTO lease (sequence, attempt, crashes, acknowledged, worker, unacknowledged_attempt) \
        SELECT ?1, 0, 0, 0, NULL, ?2 WHERE EXISTS (SELECT 1 FROM message WHERE sequence = ?1) \
        ON CONFLICT (sequence) DO UPDATE SET unacknowledged_attempt = excluded.unacknowledged_attempt
        """
    static let retainResult = """
        INSERT OR REPLACE INTO result (sequence, task_id, is_error, expires_ms, body) \
        SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM message WHERE sequence = ?1)
        """
    static let bury = """
        INSERT OR REPLACE INTO dead_letter (sequence, queue, task_name, task_id, priority, enqueued_ms, schedule_id, \
        scheduled_ms, attempts, crashes, reason, dead_ms, body) \
        SELECT m.sequence, queue, task_name, task_id, priority, enqueued_ms, schedule_id, scheduled_ms, \
        ifnull(attempt, 0), ifnull(crashes, 0), ?2, ?3, body \
        FROM message m LEFT JOIN lease l ON l.sequence = m.sequence WHERE m.sequence = ?1
        """
    static let deleteMessage = "DELETE FROM message WHERE sequence = ?1"
    static let deleteLease = "DELETE FROM lease WHERE sequence = ?1"
    static let insertResult = """
        INSERT OR REPLACE INTO result (sequence, task_id, is_error, expires_ms, body) VALUES (?1, ?2, ?3, ?4, ?5)
        """
    static let dropResults = "DELETE FROM result WHERE task_id = ?1"
    static let raiseSequenceLimit = "UPDATE meta SET sequence_limit = ?1 WHERE sequence_limit < ?1"
    static let forgetResults = """
        DELETE FROM result WHERE sequence IN \
        (SELECT sequence FROM result WHERE expires_ms < ?1 ORDER BY expires_ms, sequence LIMIT ?2)
        """
    static let forgetSubmissions = """
        DELETE FROM submission WHERE key IN \
        (SELECT key FROM submission WHERE until_ms < ?1 ORDER BY until_ms, key LIMIT ?2)
        """
    static let upsertCatalogue = """
        INSERT INTO catalogue (application, json, seen_ms) VALUES (?1, ?2, ?3) \
        ON CONFLICT (application) DO UPDATE SET json = excluded.json, seen_ms = excluded.seen_ms
        """
    static let insertSlot = """
        INSERT OR IGNORE INTO slot (schedule_id, instant_ms, decided_ms, sequence, reason) VALUES (?1, ?2, ?3, ?4, ?5)
        """
    static let upsertScheduleState = """
        INSERT INTO schedule_state (schedule_id, cursor_ms, fingerprint) VALUES (?1, ?2, ?3) \
        ON CONFLICT (schedule_id) DO UPDATE SET cursor_ms = excluded.cursor_ms, fingerprint = excluded.fingerprint
        """
}
