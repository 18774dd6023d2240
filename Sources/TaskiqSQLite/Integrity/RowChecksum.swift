// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHub

/// The checksum that a row of the store carries.
///
/// Of a message: the checksum of all it says about itself in the upper 32 bits, which can be checked without reading
/// the body, and that of the body in the lower ones. Both cover its number, so that a row under a wrong number is seen.
enum RowChecksum {
    static func of(_ message: StoredMessage) -> Int64 {
        join(head: head(of: message), body: body(message.body, of: message.sequence))
    }

    static func of(_ result: StoredOutcome, of sequence: Int64) -> Int64 {
        var checksum = CRC32C()
        checksum.update(sequence)
        checksum.update(result.taskID)
        checksum.update(result.isError ? 1 : 0)
        checksum.update(result.body)
        return Int64(checksum.value)
    }

    /// Whether a message is what was stored, as far as can be seen without its body.
    static func matchesHead(_ checksum: Int64, _ message: StoredMessage) -> Bool {
        UInt32(truncatingIfNeeded: checksum >> 32) == head(of: message)
    }

    static func matchesBody(_ checksum: Int64, _ body: UnsafeRawBufferPointer, of sequence: Int64) -> Bool {
        var found = CRC32C()
        found.update(sequence)
        found.update(body)
        return UInt32(truncatingIfNeeded: checksum) == found.value
    }

    private static func join(head: UInt32, body: UInt32) -> Int64 {
        Int64(bitPattern: UInt64(head) << 32 | UInt64(body))
    }

    private static func body(_ bytes: [UInt8], of sequence: Int64) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(sequence)
        checksum.update(bytes)
        return checksum.value
    }

    private static func head(of message: StoredMessage) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(message.sequence)
        checksum.update(message.queue)
        checksum.update(message.taskName)
        checksum.update(message.taskID)
        checksum.update(Int64(message.priority) << 1 | (message.isFenced ? 1 : 0))
        checksum.update(message.enqueuedAt.millisecondsSinceEpoch)
        // One number says which of the others there are, so that a moment cannot become another kind of moment unseen.
        var kinds: Int64 = 0
        for (bit, moment) in [message.dueAt, message.expiresAt, message.scheduledAt].enumerated() {
            guard let moment else { continue }
            kinds |= 1 << bit
            checksum.update(moment.millisecondsSinceEpoch)
        }
        for (bit, text) in [message.scheduleID, message.uniqueKey].enumerated() {
            guard let text else { continue }
            kinds |= 8 << bit
            checksum.update(text)
        }
        checksum.update(kinds)
        return checksum.value
    }
}
