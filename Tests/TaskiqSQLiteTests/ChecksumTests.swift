// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub
import Testing

@testable import TaskiqSQLite

@Suite struct ChecksumTests {
    // The check value of the catalogue of CRCs, and the examples of RFC 3720, appendix B.4.
    @Test(
        arguments: [
            (Array("123456789".utf8), 0xE306_9283),
            ([], 0),
            (Array(repeating: 0, count: 32), 0x8A91_36AA),
            (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0..<32), 0x46DD_794E),
        ] as [([UInt8], UInt32)]
    )
    func knownValues(bytes: [UInt8], value: UInt32) {
        var whole = CRC32C()
        whole.update(bytes)
        #expect(whole.value == value)
        for split in bytes.indices {
            var parts = CRC32C()
            parts.update(Array(bytes[..<split]))
            parts.update(Array(bytes[split...]))
            #expect(parts.value == value)
        }
    }

    @Test func everyFlippedBitOfABodyIsSeen() {
        var bytes = Array("a body that is long enough for two rounds of eight bytes".utf8)
        let checksum = RowChecksum.of(with(body: bytes))
        for bit in 0..<(bytes.count * 8) {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            bytes.withUnsafeBytes { #expect(!RowChecksum.matchesBody(checksum, $0, of: 1)) }
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        bytes.withUnsafeBytes {
            #expect(RowChecksum.matchesBody(checksum, $0, of: 1))
            #expect(!RowChecksum.matchesBody(checksum, $0, of: 2))
        }
    }

    @Test func whatAMessageSaysOfItselfCounts() {
        let changes: [(inout StoredMessage) -> Void] = [
            { $0.sequence = 2 }, { $0.queue = "other" }, { $0.taskName = "reports" }, { $0.taskID = "task-2" },
            { $0.priority = 2 }, { $0.isFenced = true }, { $0.enqueuedAt = instant(2) }, { $0.dueAt = instant(1) },
            { $0.expiresAt = instant(1) }, { $0.scheduledAt = instant(1) }, { $0.scheduleID = "a" },
            { $0.uniqueKey = "a" }, { ($0.queue, $0.taskName) = ("defaultreports", ":render") },
        ]
        var seen = [RowChecksum.of(message(1))]
        for change in changes {
            var changed = message(1)
            change(&changed)
            let checksum = RowChecksum.of(changed)
            #expect(!seen.contains(checksum))
            #expect(!RowChecksum.matchesHead(seen[0], changed))
            #expect(RowChecksum.matchesHead(checksum, changed))
            seen.append(checksum)
        }
    }

    private func with(body: [UInt8]) -> StoredMessage {
        var message = message(1)
        message.body = body
        return message
    }
}
