// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
import Taskiq
import TaskiqCron
import TaskiqHub
import Testing

@testable import TaskiqSQLite

extension SQLiteHubStore: InspectableStore {
    private static var letters: String {
        """
        SELECT d.*, ifnull(d.body, b.body) AS whole_body FROM dead_letter d LEFT JOIN body b ON b.sequence = d.sequence \
        ORDER BY d.sequence
        """
    }

    var deadLetters: [StoredDeadLetter] {
        get throws {
            try database.read { database in
                try Row.fetchAll(database, sql: Self.letters).map { row in
                    var message = StoredMessage(
                        sequence: row["sequence"],
                        queue: row["queue"],
                        taskName: row["task_name"],
                        taskID: row["task_id"],
                        priority: row["priority"],
                        enqueuedAt: Timestamp(millisecondsSinceEpoch: row["enqueued_ms"]),
                        body: Array(row["whole_body"] as Data)
                    )
                    message.isFenced = row["fenced"]
                    message.expiresAt = (row["expires_ms"] as Int64?).map(Timestamp.init(millisecondsSinceEpoch:))
                    message.uniqueKey = row["unique_key"]
                    message.scheduleID = row["schedule_id"]
                    message.scheduledAt = (row["scheduled_ms"] as Int64?).map(Timestamp.init(millisecondsSinceEpoch:))
                    return StoredDeadLetter(
                        message: message,
                        attempts: row["attempts"],
                        crashes: row["crashes"],
                        reason: row["reason"],
                        deadAt: Timestamp(millisecondsSinceEpoch: row["dead_ms"])
                    )
                }
            }
        }
    }

    var slots: [StoredSlot] {
        get throws {
            try database.read { database in
                try Row.fetchAll(database, sql: "SELECT * FROM slot ORDER BY schedule_id, instant_ms").map { row in
                    StoredSlot(
                        slot: Slot(
                            scheduleID: ScheduleID(rawValue: row["schedule_id"]),
                            instant: Timestamp(millisecondsSinceEpoch: row["instant_ms"])
                        ),
                        decidedAt: Timestamp(millisecondsSinceEpoch: row["decided_ms"]),
                        sequence: row["sequence"],
                        reason: row["reason"]
                    )
                }
            }
        }
    }
}

@Suite struct ConformanceTests {
    @Test(arguments: HubStoreConformance.scenarios)
    func memory(_ scenario: HubStoreConformance.Scenario) throws {
        let store = MemoryHubStore()
        try scenario.run(StoreUnderTest { store })
    }

    @Test(arguments: HubStoreConformance.scenarios)
    func sqlite(_ scenario: HubStoreConformance.Scenario) throws {
        let folder = try TemporaryFolder()
        // The durability changes when something is on the disk, and nothing that a test in one process could see.
        try scenario.run(try StoreUnderTest { try SQLiteHubStore(directory: folder.path, options: .fast) })
    }

    @Test(arguments: [Durability.full, .normal, .memory])
    func opensWithEachDurability(_ durability: Durability) throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteHubStore(directory: folder.path, options: SQLiteHubStoreOptions(durability: durability))
        defer { store.close() }
        try store.commit(.insert(message(1)))
        #expect(try store.bodies(of: [1]).count == 1)
    }
}
