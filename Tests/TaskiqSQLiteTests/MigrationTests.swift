// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol
import Testing

@testable import TaskiqSQLite

/// What files hold that earlier versions wrote, after this one has opened them.
@Suite struct MigrationTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Writes a file as the version of a format did: its own tables, and rows with its own columns.
    private func writeFile(version: Int) throws {
        let queue = try DatabaseQueue(path: folder.file("hub.sqlite"))
        try queue.writeWithoutTransaction { database in
            try HubSchema(steps: Array(HubSchema.current.steps.prefix(version))).migrate(database, path: "a file")
            try database.execute(
                sql: """
                    UPDATE meta SET epoch = 7, sequence_limit = 10001;
                    INSERT INTO message VALUES
                        (1, 'default', 'reports:render', 'task-1', 1, \(ms(1)), NULL, NULL, NULL, x'01ff'),
                        (2, 'slow', 'reports:render', CAST(x'610062' AS TEXT), 2, \(ms(2)), \(ms(90)), 'nightly',
                         \(ms(80)), x''),
                        (3, 'default', 'a', 'task-3', 3, \(ms(3)), NULL, NULL, NULL, zeroblob(50000));
                    INSERT INTO lease (sequence, attempt, crashes, acknowledged, worker) VALUES
                        (1, 2, 1, 1, x'07070707070707070000000000000001'), (3, 1, 0, 0, NULL);
                    INSERT INTO submission VALUES (x'07070707070707070000000000000009', 2, -5, \(ms(600)));
                    INSERT INTO result VALUES
                        (9, 'over', 0, \(ms(50)), x'3432'), (3, 'task-3', 1, \(ms(40)), x'31');
                    INSERT INTO dead_letter VALUES
                        (4, 'default', 'b', 'task-4', 4, \(ms(4)), 'nightly', \(ms(5)), 3, 2, 'poison', \(ms(6)), x'dead');
                    INSERT INTO slot VALUES ('nightly', \(ms(80)), \(ms(81)), 2, NULL);
                    INSERT INTO schedule_state VALUES ('nightly', \(ms(80)), 'f')
                    """
            )
            if version > 1 {
                try database.execute(sql: "UPDATE lease SET unacknowledged_attempt = 1 WHERE sequence = 3")
            }
        }
        try queue.close()
    }

    private func ms(_ milliseconds: Int64) -> Int64 { instant(milliseconds).millisecondsSinceEpoch }

    @Test(arguments: [1, 2])
    func everythingIsThereAndIntact(version: Int) throws {
        try writeFile(version: version)
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        defer { store.close() }
        let state = try store.recover()
        #expect((state.epoch, state.nextSequence) == (8, 10_001))
        #expect(state.messages.map(\.message.sequence) == [1, 2, 3])
        #expect(state.messages.allSatisfy { $0.damage == nil && !$0.message.isFenced })
        #expect(state.messages.map(\.message.taskID) == ["task-1", "a\u{0}b", "task-3"])
        #expect(state.messages.map(\.message.dueAt) == [nil, instant(90), nil])
        #expect(state.messages.map(\.message.scheduleID) == [nil, "nightly", nil])
        #expect(state.messages.map(\.attempt) == [2, 0, 1])
        #expect(state.messages.map(\.isAcknowledged) == [true, false, false])
        #expect(state.messages.map(\.worker) == [try peer(1), nil, nil])
        #expect(state.messages[2].unacknowledgedAttempt == (version > 1 ? 1 : 0))
        #expect(state.messages[2].result == RetainedResult(isError: true, expiresAt: instant(40)))
        let key = SubmissionKey(key: try peer(9), bodyHash: -5, until: instant(600))
        #expect(state.messages.map(\.message.key) == [nil, key, nil])
        #expect(state.scheduleStates["nightly"]?.cursor == instant(80))
        let bodies = try store.bodies(of: [1, 2, 3])
        #expect(bodies.map(\.body) == [.intact([1, 255]), .intact([]), .intact(Array(repeating: 0, count: 50_000))])
        #expect(
            try store.results(of: ["over", "task-3"]) == ["over": .intact([0x34, 0x32]), "task-3": .intact([0x31])]
        )
        let letter = try #require(try store.deadLetter(taskID: "task-4"))
        #expect(letter.damage == nil)
        #expect(letter.message.body == [0xDE, 0xAD])
        #expect((letter.attempts, letter.crashes, letter.reason) == (3, 2, "poison"))
        #expect(try store.slots.count == 1)
        let statistics = try store.statistics()
        #expect((statistics.messages, statistics.results, statistics.submissionKeys) == (3, 2, 1))
        #expect((statistics.deadLetters, statistics.slots) == (1, 1))
    }

    @Test func theResultOfAnUnacknowledgedTaskIsReplacedAsBefore() throws {
        try writeFile(version: 2)
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        defer { store.close() }
        try store.commit(.complete(sequence: 3, result: outcome("task-3", "better")))
        #expect(try store.result(of: "task-3") == "better")
        #expect(try store.statistics().results == 2)
    }
}
