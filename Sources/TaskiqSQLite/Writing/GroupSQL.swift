// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The statements that change rows; `?1` is the message's number wherever there is one.
enum GroupSQL {
    static let insertMessage = """
        INSERT INTO message (sequence, queue, task_name, task_id, priority, fenced, enqueued_ms, due_ms, expires_ms, \
        schedule_id, scheduled_ms, unique_key, attempt, worker, checksum, body) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
        """
    static let insertBody = "INSERT OR REPLACE INTO body (sequence, body) VALUES (?1, ?2)"
    static let insertSubmission = """
        INSERT OR REPLACE INTO submission (sequence, key, body_hash, until_ms) VALUES (?1, ?2, ?3, ?4)
        """
    static let lease = """
        INSERT INTO lease (sequence, attempt, crashes, acknowledged, worker) \
        SELECT ?1, ?2, 0, 0, ?3 WHERE EXISTS (SELECT 1 FROM message WHERE sequence = ?1) \
        ON CONFLICT (sequence) DO UPDATE SET attempt = excluded.attempt, worker = excluded.worker
        """
    static let release = """
        INSERT INTO lease (sequence, attempt, crashes, acknowledged, worker, postponed, due_ms) \
        SELECT ?1, attempt, ?2, 0, NULL, 1, ?3 FROM message WHERE sequence = ?1 \
        ON CONFLICT (sequence) DO UPDATE SET crashes = excluded.crashes, worker = NULL, postponed = 1, \
        due_ms = excluded.due_ms
        """
    static let acknowledge = """
        INSERT INTO lease (sequence, attempt, crashes, acknowledged, worker) \
        SELECT ?1, attempt, 0, 1, worker FROM message WHERE sequence = ?1 \
        ON CONFLICT (sequence) DO UPDATE SET acknowledged = 1
        """
    static let retain = """
        INSERT INTO lease (sequence, attempt, crashes, acknowledged, worker, unacknowledged_attempt, result) \
        SELECT ?1, attempt, 0, 0, worker, ?2, ?3 FROM message WHERE sequence = ?1 \
        ON CONFLICT (sequence) DO UPDATE SET unacknowledged_attempt = excluded.unacknowledged_attempt, \
        result = ifnull(excluded.result, result)
        """
    /// The body of a large message stays where it is, and is that of the dead letter from then on.
    static let bury = """
        INSERT OR REPLACE INTO dead_letter (sequence, queue, task_name, task_id, priority, fenced, enqueued_ms, \
        due_ms, expires_ms, schedule_id, scheduled_ms, unique_key, attempts, crashes, reason, dead_ms, checksum, body) \
        SELECT m.sequence, queue, task_name, task_id, priority, fenced, enqueued_ms, m.due_ms, expires_ms, \
        schedule_id, scheduled_ms, unique_key, ifnull(l.attempt, m.attempt), ifnull(crashes, 0), ?2, ?3, checksum, \
        body FROM message m LEFT JOIN lease l ON l.sequence = m.sequence WHERE m.sequence = ?1
        """
    static let quarantineMessage = """
        INSERT INTO quarantine (source, sequence, queue, task_name, task_id, reason, found_ms, body) \
        SELECT 'message', ?1, queue, task_name, task_id, ?2, ?3, body FROM message WHERE sequence = ?1
        """
    static let quarantineNothing = """
        INSERT INTO quarantine (source, sequence, reason, found_ms) VALUES ('message', ?1, ?2, ?3)
        """
    static let deleteMessage = "DELETE FROM message WHERE sequence = ?1"
    static let deleteBody = "DELETE FROM body WHERE sequence = ?1"
    static let deleteLease = "DELETE FROM lease WHERE sequence = ?1"
    static let insertResult = """
        INSERT INTO result (id, sequence, task_id, task_name, is_error, stored_ms, expires_ms, checksum, body) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """
    static let deleteResult = "DELETE FROM result WHERE id = ?1"
    static let forgetSubmissions = "DELETE FROM submission WHERE sequence < ?1"
    static let dropResults = "DELETE FROM result WHERE task_id = ?1"
    static let dropDeadLetter = "DELETE FROM dead_letter WHERE sequence = ?1"
    static let updateMeta = """
        UPDATE meta SET group_number = ?1, next_result = ?2, sequence_limit = max(sequence_limit, ?3), \
        message_count = ?4
        """
    static let cancel = "INSERT OR REPLACE INTO cancellation (sequence, reason) VALUES (?1, ?2)"
    static let endCancellation = "DELETE FROM cancellation WHERE sequence = ?1"
    static let pauseQueue = "INSERT OR IGNORE INTO paused_queue (name) VALUES (?1)"
    static let resumeQueue = "DELETE FROM paused_queue WHERE name = ?1"
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
