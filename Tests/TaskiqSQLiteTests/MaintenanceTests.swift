// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
import TaskiqHub
import TaskiqHubProtocol
import Testing

@testable import TaskiqSQLite

@Suite struct MaintenanceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A store with some of everything, closed.
    private func makeStore(messages: Int64 = 50) throws {
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        for number in 1...messages {
            try store.commit(
                .insert(message(number, size: number % 10 == 0 ? 20_000 : 200)),
                .lease(LeaseKey(sequence: number, attempt: 1), worker: try peer(1))
            )
        }
        for number in 1...messages / 2 {
            let result = outcome("task-\(number)", "r", expiresAt: 1_000_000)
            try store.commit(
                number % 5 == 0
                    ? .bury(sequence: number, reason: "r", at: instant(1), result: result)
                    : .complete(sequence: number, result: result)
            )
        }
        store.close()
    }

    private func change(_ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.file("hub.sqlite"))
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test func aStoreThatIsWellHasNoProblems() throws {
        try makeStore()
        let report = try HubStoreMaintenance.check(folder.path)
        #expect(report.problems == [])
        #expect(report.checkedRows == 25 + 25 + 5)
        #expect((report.statistics.messages, report.groupNumber) == (25, 75))
    }

    @Test(
        arguments: [
            (
                "UPDATE message SET body = x'00' WHERE sequence = 31", "table message, number 31",
                "its checksum is another"
            ),
            (
                "UPDATE message SET priority = 3 WHERE sequence = 31", "table message, number 31",
                "is not what was stored"
            ),
            ("DELETE FROM message WHERE sequence = 31", "table message", "it has 24 rows, and 25 were stored"),
            ("DELETE FROM body WHERE sequence = 30", "table message, number 30", "the body of message 30 is missing"),
            ("UPDATE result SET body = x'00' WHERE sequence = 7", "stored rows", "the result of task task-7"),
            ("UPDATE dead_letter SET body = x'00' WHERE sequence = 5", "stored rows", "is not what was stored"),
            (
                "INSERT INTO lease VALUES (999, 1, 0, 0, NULL, 0, 0, NULL, NULL)", "table lease, number 999",
                "no message"
            ),
            ("INSERT INTO body VALUES (999, x'00')", "table body, number 999", "no message"),
            ("UPDATE meta SET sequence_limit = 40", "table message", "number 50 is beyond 40"),
            ("UPDATE meta SET group_number = 70", "file hwm", "went back by 5 groups"),
            ("INSERT INTO catalogue VALUES ('shop', x'00', 0)", "table catalogue", "that of shop"),
        ]
    )
    func everyProblemIsNamed(sql: String, place: String, what: String) throws {
        try makeStore()
        try change(sql)
        let report = try HubStoreMaintenance.check(folder.path)
        #expect(!report.isSound)
        let isNamed = report.problems.contains { $0.place == place && $0.what.contains(what) && !$0.remedy.isEmpty }
        #expect(isNamed, "\(report.problems)")
    }

    @Test func aStoreInUseAndAFolderWithoutOneAreRefused() throws {
        let error = #expect(throws: HubStoreError.self) { try HubStoreMaintenance.check(folder.path) }
        #expect(error?.code == .unusable)
        #expect(error?.description.contains("there is no store in") == true)
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        defer { store.close() }
        #expect(throws: HubStoreError.self) { try HubStoreMaintenance.compact(folder.path) }
        try store.commit(.insert(message(1)))
    }

    @Test func compactingGivesRoomBackAndKeepsEverything() throws {
        try makeStore(messages: 400)
        let before = try SQLiteHubStore(directory: folder.path, options: .fast)
        let memory = try Memory(before, taskIDs: (1...400).map { "task-\($0)" })
        before.close()
        let sizes = try HubStoreMaintenance.compact(folder.path)
        #expect(sizes.after < sizes.before)
        let after = try SQLiteHubStore(directory: folder.path, options: .fast)
        defer { after.close() }
        let isSame = try Memory(after, taskIDs: (1...400).map { "task-\($0)" }) == memory
        #expect(isSame)
    }

    @Test func aCopyOfAServingStoreIsOneOfItsMoments() async throws {
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        defer { store.close() }
        for number in 1...2_000 as ClosedRange<Int64> { try store.commit(.insert(message(number, size: 2_000))) }
        let copy = folder.file("copy.sqlite")
        let backup = Task.detached { try store.backup(to: copy) }
        // Each group takes the oldest message away and brings a new one, so every moment has 2,000 in a row.
        for number in 2_001...2_600 as ClosedRange<Int64> {
            try store.commit(.insert(message(number, size: 2_000)), .complete(sequence: number - 2_000, result: nil))
        }
        try await backup.value
        #expect(try TemporaryFolder.mode(of: copy) == 0o600)
        let restored = try TemporaryFolder()
        try FileManager.default.moveItem(atPath: copy, toPath: restored.file("hub.sqlite"))
        #expect(try HubStoreMaintenance.check(restored.path).problems == [])
        let next = try SQLiteHubStore(directory: restored.path, options: .fast)
        defer { next.close() }
        let sequences = try next.recover().messages.map(\.message.sequence)
        let first = try #require(sequences.first)
        #expect(sequences == Array(first..<(first + 2_000)))
        // The store is not disturbed.
        #expect(try store.statistics().messages == 2_000)
    }

    @Test func closingAStoreEndsACopyAndRemovesIt() async throws {
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        for number in 1...2_000 as ClosedRange<Int64> { try store.commit(.insert(message(number, size: 4_000))) }
        let copy = folder.file("copy.sqlite")
        let backup = Task.detached { try store.backup(to: copy) }
        while !TemporaryFolder.exists(copy), !TemporaryFolder.exists(copy + ".taskiq-partial") { await Task.yield() }
        store.close()
        let result = await backup.result
        // Either it was quick enough, or it was removed.
        #expect(TemporaryFolder.exists(copy) == ((try? result.get()) != nil))
        #expect(!TemporaryFolder.exists(copy + ".taskiq-partial"))
        #expect(throws: HubStoreError.self) { try store.backup(to: folder.file("late")) }
    }

    @Test func aCopyIsNeverWrittenOverAFile() throws {
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        defer { store.close() }
        try TemporaryFolder.write([1, 2, 3], to: folder.file("there"))
        let error = #expect(throws: HubStoreError.self) { try store.backup(to: folder.file("there")) }
        #expect(error?.description.contains("there is a file with that name already") == true)
        #expect(try TemporaryFolder.read(folder.file("there")) == [1, 2, 3])
        #expect(throws: HubStoreError.self) { try store.backup(to: folder.file("none/copy")) }
        try store.backup(to: folder.file("copy"))
        #expect(!TemporaryFolder.exists(folder.file("copy.taskiq-partial")))
    }

    @Test func whatAKilledHubLeftOfACopyIsReplaced() throws {
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        defer { store.close() }
        try store.commit(.insert(message(1)))
        try TemporaryFolder.write([1, 2, 3], to: folder.file("copy.taskiq-partial"))
        try store.backup(to: folder.file("copy"))
        #expect(!TemporaryFolder.exists(folder.file("copy.taskiq-partial")))
        let restored = try TemporaryFolder()
        try FileManager.default.moveItem(atPath: folder.file("copy"), toPath: restored.file("hub.sqlite"))
        #expect(try HubStoreMaintenance.check(restored.path).isSound)
    }

    @Test func aCopyHasItsNameOnlyWhenItIsWhole() throws {
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        defer { store.close() }
        for number in 1...200 as ClosedRange<Int64> { try store.commit(.insert(message(number, size: 10_000))) }
        let copy = try StoreCopy(folder.file("copy"))
        #expect(try store.database.writeWithoutTransaction { try copy.step($0) })
        #expect(!TemporaryFolder.exists(folder.file("copy")))
        // Nobody else begins the same one meanwhile.
        let error = #expect(throws: HubStoreError.self) { try StoreCopy(folder.file("copy")) }
        #expect(error?.description.contains("it is being written at this moment") == true)
        store.database.writeWithoutTransaction { _ in copy.discard() }
    }

    @Test func aCopyThatIsThereAlreadyIsSaidToBeOne() throws {
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        defer { store.close() }
        try store.backup(to: folder.file("copy"))
        let error = #expect(throws: HubStoreError.self) { try store.backup(to: folder.file("copy")) }
        #expect(error?.description.contains("there is a copy of a hub's store with that name already, whole") == true)
    }

    @Test func aCopyIsNotWrittenThroughALink() throws {
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        defer { store.close() }
        try TemporaryFolder.write([1, 2, 3], to: folder.file("precious"))
        for name in ["copy", "copy.taskiq-partial"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.file(name),
                withDestinationPath: folder.file("precious")
            )
            #expect(throws: HubStoreError.self) { try store.backup(to: folder.file("copy")) }
            try FileManager.default.removeItem(atPath: folder.file(name))
            #expect(try TemporaryFolder.read(folder.file("precious")) == [1, 2, 3])
        }
    }

    @Test func aCopyOfAClosedStore() throws {
        try makeStore()
        try HubStoreMaintenance.backup(folder.path, to: folder.file("copy"))
        let restored = try TemporaryFolder()
        try FileManager.default.moveItem(atPath: folder.file("copy"), toPath: restored.file("hub.sqlite"))
        #expect(try HubStoreMaintenance.check(restored.path).isSound)
    }
}
