// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension HubSchema {
    // Rows that were written once are never written again: what changes about a message is in its lease. Its checksum
    // covers it, and large bodies have a table of their own, where they stay when their message is buried. How many
    // messages there are is stored as well, as a page that says it has fewer rows than it had looks like any other.
    //
    // A first delivery that is decided in the group that accepts the message is part of its row and needs no lease.
    // Results are numbered in the order in which they are stored, and submissions by their messages: both tables only
    // grow at one end and shrink at the other, and need no index to be forgotten by age.
    static let version3 = """
        ALTER TABLE meta ADD COLUMN group_number INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE meta ADD COLUMN next_result INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE meta ADD COLUMN message_count INTEGER NOT NULL DEFAULT 0;
        UPDATE meta SET message_count = (SELECT count(*) FROM message);

        CREATE TABLE message_3 (
            sequence INTEGER PRIMARY KEY,
            queue TEXT NOT NULL,
            task_name TEXT NOT NULL,
            task_id TEXT NOT NULL,
            priority INTEGER NOT NULL,
            fenced INTEGER NOT NULL,
            enqueued_ms INTEGER NOT NULL,
            due_ms INTEGER,
            expires_ms INTEGER,
            schedule_id TEXT,
            scheduled_ms INTEGER,
            unique_key TEXT,
            attempt INTEGER NOT NULL,
            worker BLOB CHECK (length(worker) = 16),
            checksum INTEGER NOT NULL,
            body BLOB
        ) STRICT;
        INSERT INTO message_3 SELECT sequence, queue, task_name, task_id, priority, 0, enqueued_ms, due_ms, NULL,
            schedule_id, scheduled_ms, NULL, 0, NULL, taskiq_checksum(sequence, queue, task_name, task_id, priority,
            enqueued_ms, due_ms, schedule_id, scheduled_ms, body), body FROM message;
        DROP TABLE message;
        ALTER TABLE message_3 RENAME TO message;

        CREATE TABLE body (
            sequence INTEGER PRIMARY KEY,
            body BLOB NOT NULL
        ) STRICT;

        CREATE TABLE result_3 (
            id INTEGER PRIMARY KEY,
            sequence INTEGER NOT NULL,
            task_id TEXT NOT NULL,
            task_name TEXT NOT NULL,
            is_error INTEGER NOT NULL,
            stored_ms INTEGER,
            expires_ms INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        INSERT INTO result_3 SELECT NULL, sequence, task_id, '', is_error, NULL, expires_ms,
            taskiq_result_checksum(sequence, task_id, is_error, body), body FROM result ORDER BY expires_ms, sequence;
        UPDATE meta SET next_result = (SELECT ifnull(max(id), 0) + 1 FROM result_3);

        ALTER TABLE lease ADD COLUMN postponed INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE lease ADD COLUMN due_ms INTEGER;
        ALTER TABLE lease ADD COLUMN result INTEGER;
        CREATE INDEX result_3_sequence ON result_3 (sequence);
        UPDATE lease SET result = (SELECT max(id) FROM result_3 r WHERE r.sequence = lease.sequence);
        DROP INDEX result_3_sequence;

        DROP TABLE result;
        ALTER TABLE result_3 RENAME TO result;
        CREATE INDEX result_task ON result (task_id);

        CREATE TABLE submission_3 (
            sequence INTEGER PRIMARY KEY,
            key BLOB NOT NULL CHECK (length(key) = 16),
            body_hash INTEGER NOT NULL,
            until_ms INTEGER NOT NULL
        ) STRICT;
        INSERT OR IGNORE INTO submission_3 SELECT sequence, key, body_hash, until_ms FROM submission ORDER BY sequence;
        DROP TABLE submission;
        ALTER TABLE submission_3 RENAME TO submission;

        CREATE TABLE dead_letter_3 (
            sequence INTEGER PRIMARY KEY,
            queue TEXT NOT NULL,
            task_name TEXT NOT NULL,
            task_id TEXT NOT NULL,
            priority INTEGER NOT NULL,
            fenced INTEGER NOT NULL,
            enqueued_ms INTEGER NOT NULL,
            due_ms INTEGER,
            expires_ms INTEGER,
            schedule_id TEXT,
            scheduled_ms INTEGER,
            unique_key TEXT,
            attempts INTEGER NOT NULL,
            crashes INTEGER NOT NULL,
            reason TEXT NOT NULL,
            dead_ms INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            body BLOB
        ) STRICT;
        INSERT INTO dead_letter_3 SELECT sequence, queue, task_name, task_id, priority, 0, enqueued_ms, NULL, NULL,
            schedule_id, scheduled_ms, NULL, attempts, crashes, reason, dead_ms, taskiq_checksum(sequence, queue,
            task_name, task_id, priority, enqueued_ms, NULL, schedule_id, scheduled_ms, body), body FROM dead_letter;
        DROP TABLE dead_letter;
        ALTER TABLE dead_letter_3 RENAME TO dead_letter;
        CREATE INDEX dead_letter_task ON dead_letter (task_id);
        CREATE INDEX dead_letter_time ON dead_letter (dead_ms);

        -- What is damaged, for inquiry: the body as it was found, here or in the table body.
        CREATE TABLE quarantine (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            queue TEXT,
            task_name TEXT,
            task_id TEXT,
            reason TEXT NOT NULL,
            found_ms INTEGER NOT NULL,
            body BLOB
        ) STRICT;

        -- Queues that are paused.
        CREATE TABLE paused_queue (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

        CREATE INDEX slot_decided ON slot (decided_ms);
        """
}
