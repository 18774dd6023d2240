// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHub

/// The columns that say what a message is, as both tables of messages have them.
enum MessageColumns {
    /// The names, in the order in which they are read.
    static let names = """
        queue, task_name, task_id, priority, fenced, enqueued_ms, due_ms, expires_ms, schedule_id, scheduled_ms, \
        unique_key, checksum
        """
    /// How many there are.
    static let count: Int32 = 12
}

/// Texts that most rows share, kept once.
struct SharedTexts {
    private var texts: Set<String> = []

    mutating func shared(_ text: String) -> String {
        // What has few bytes needs no memory of its own.
        if text.utf8.count <= 15 { return text }
        // More different ones than this are no names of queues and tasks.
        guard texts.count < 10_000 else { return text }
        return texts.insert(text).memberAfterInsert
    }
}

extension ResultRow {
    /// The message in a row, without its body, with the columns of `MessageColumns` from a first one on.
    func message(_ sequence: Int64, from first: Int32, _ texts: inout SharedTexts) -> StoredMessage {
        var message = StoredMessage(
            sequence: sequence,
            queue: texts.shared(text(first)),
            taskName: texts.shared(text(first + 1)),
            taskID: text(first + 2),
            priority: UInt8(clamping: integer(first + 3)),
            enqueuedAt: timestamp(first + 5),
            body: []
        )
        message.isFenced = integer(first + 4) != 0
        message.dueAt = isNull(first + 6) ? nil : timestamp(first + 6)
        message.expiresAt = isNull(first + 7) ? nil : timestamp(first + 7)
        message.scheduleID = isNull(first + 8) ? nil : texts.shared(text(first + 8))
        message.scheduledAt = isNull(first + 9) ? nil : timestamp(first + 9)
        message.uniqueKey = isNull(first + 10) ? nil : text(first + 10)
        return message
    }

    func timestamp(_ column: Int32) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: integer(column))
    }
}
