// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
import TaskiqHub
import Testing

@testable import TaskiqSQLite

#if canImport(Glibc)
import Glibc
#endif

@Suite struct StoreErrorTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("hub.sqlite") }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func expectRefusal(
        _ code: HubStoreError.Code,
        saying parts: String...,
        directory: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let error = #expect(throws: HubStoreError.self, sourceLocation: sourceLocation) {
            let store = try SQLiteHubStore(directory: directory ?? folder.path)
            defer { store.close() }
            _ = try store.recover()
        }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        let text = error?.description ?? ""
        for part in parts {
            #expect(text.contains(part), "\(text)", sourceLocation: sourceLocation)
        }
    }

    /// Makes a store, closes it, and changes it with SQL.
    private func makeStore(then sql: String = "") throws {
        let store = try SQLiteHubStore(directory: folder.path)
        for number in 1...500 as ClosedRange<Int64> { try store.commit(.insert(message(number))) }
        store.close()
        guard !sql.isEmpty else { return }
        let queue = try DatabaseQueue(path: database)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    // MARK: Paths

    @Test func noName() throws {
        try expectRefusal(.unusable, saying: "the data directory has no name", "give the hub", directory: "")
    }

    @Test func aFileInPlaceOfTheDirectory() throws {
        let path = folder.file("file")
        try TemporaryFolder.write([], to: path)
        try expectRefusal(.unusable, saying: "\(path) is a file", "choose another data directory", directory: path)
        let below = "\(path)/hub"
        try expectRefusal(.unusable, saying: below, "cannot be made", "Not a directory", directory: below)
    }

    @Test func aDirectoryInPlaceOfTheFile() throws {
        try FileManager.default.createDirectory(atPath: database, withIntermediateDirectories: false)
        try expectRefusal(.unusable, saying: "\(database) is a folder or a device", "move it away")
    }

    @Test func aDirectoryInPlaceOfTheLock() throws {
        let lock = folder.file("lock")
        try FileManager.default.createDirectory(atPath: lock, withIntermediateDirectories: false)
        try expectRefusal(.unusable, saying: "\(lock) is a folder or a device", "remove it")
    }

    @Test func aDirectoryInPlaceOfTheLog() throws {
        try makeStore()
        try FileManager.default.createDirectory(atPath: database + "-wal", withIntermediateDirectories: false)
        try expectRefusal(.unusable, saying: database, "give the hub's user", "SQLite error")
    }

    #if canImport(Glibc)
    /// Runs a body as a user who owns nothing: file permissions mean nothing to root.
    private func withoutPrivileges(_ body: () throws -> Void) throws {
        guard geteuid() == 0 else { return try body() }
        // It changes the user of this thread alone.
        typealias SetUser = @convention(c) (uid_t) -> CInt
        let symbol = try #require(dlsym(nil, "setfsuid"))
        let setUser = unsafeBitCast(symbol, to: SetUser.self)
        _ = setUser(65_534)
        defer { _ = setUser(0) }
        try body()
    }

    @Test func aDirectoryThatMayNotBeWritten() throws {
        chmod(folder.path, 0o555)
        try withoutPrivileges {
            try expectRefusal(.unusable, saying: folder.file("lock"), "Permission denied", "give the hub's user")
            let below = folder.file("hub")
            try expectRefusal(.unusable, saying: below, "cannot be made", "Permission denied", directory: below)
        }
        chmod(folder.path, 0o755)
    }

    @Test func aFileThatMayNotBeRead() throws {
        try makeStore()
        chmod(folder.path, 0o777)
        chmod(folder.file("lock"), 0o666)
        chmod(database, 0o000)
        try withoutPrivileges {
            try expectRefusal(.unusable, saying: database, "give the hub's user")
        }
    }

    @Test func aFileThatMayNotBeWritten() throws {
        try makeStore()
        chmod(folder.path, 0o777)
        chmod(folder.file("lock"), 0o666)
        chmod(database, 0o444)
        try withoutPrivileges {
            try expectRefusal(.unusable, saying: database, "give the hub's user")
        }
    }
    #endif

    // MARK: Contents

    @Test func notADatabase() throws {
        try TemporaryFolder.write(Array(repeating: 0x78, count: 5_000), to: database)
        try expectRefusal(.damaged, saying: "\(database) is not a SQLite database", "move it away", "SQLite error 26")
        #expect(try TemporaryFolder.read(database).count == 5_000)
    }

    @Test func anEmptyFileBecomesAStore() throws {
        try TemporaryFolder.write([], to: database)
        let store = try SQLiteHubStore(directory: folder.path)
        #expect(try store.recover().epoch == 1)
        store.close()
    }

    @Test func theDatabaseOfAnotherProgram() throws {
        let queue = try DatabaseQueue(path: database)
        try queue.write { try $0.execute(sql: "CREATE TABLE message (id INTEGER)") }
        try queue.close()
        let before = try TemporaryFolder.read(database)
        try expectRefusal(.damaged, saying: "\(database) is a SQLite database, but not the store of a hub", "move it")
        #expect(try TemporaryFolder.read(database) == before)
    }

    @Test(arguments: ["DROP TABLE lease", "ALTER TABLE message DROP COLUMN due_ms", "DROP TABLE meta"])
    func missingTables(_ change: String) throws {
        try makeStore(then: change)
        try expectRefusal(.damaged, saying: "\(database) does not have the tables", "restore a copy", "SQLite error 1:")
    }

    @Test(arguments: ["DELETE FROM meta", "UPDATE meta SET epoch = -7"])
    func senselessMeta(_ change: String) throws {
        try makeStore(then: change)
        try expectRefusal(.damaged, saying: "\(database) is damaged", "table meta", "restore a copy")
    }

    @Test func damagedPages() throws {
        try makeStore()
        var bytes = try TemporaryFolder.read(database)
        // All but the schema, which is on the first page.
        for index in 4_096..<bytes.count { bytes[index] = 0xA5 }
        try TemporaryFolder.write(bytes, to: database)
        try expectRefusal(.damaged, saying: "\(database) is damaged", "restore a copy", "SQLite error")
    }

    // MARK: Others, and the disk

    @Test func openInAnotherProgram() throws {
        try makeStore()
        let queue = try DatabaseQueue(path: database)
        try queue.inDatabase { database in
            try database.inTransaction(.immediate) {
                try expectRefusal(.inUse, saying: "is open in another process", "only the hub may open it")
                return .rollback
            }
        }
    }

    @Test func nobodyElseCanReadTheFileOfAnOpenStore() throws {
        let store = try SQLiteHubStore(directory: folder.path)
        defer { store.close() }
        #expect(throws: DatabaseError.self) {
            let other = try DatabaseQueue(path: database)
            _ = try other.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM message") }
        }
    }

    @Test func aFullDiskEndsTheStore() throws {
        let store = try SQLiteHubStore(directory: folder.path)
        try store.commit(.insert(message(1)))
        try store.database.writeWithoutTransaction { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages)")
        }
        var large = message(3)
        large.body = Array(repeating: 1, count: 100_000)
        let error = #expect(throws: HubStoreError.self) { try store.commit(.insert(message(2)), .insert(large)) }
        #expect(error?.code == .failed)
        #expect(error?.description.contains("writing to \(database) failed because the disk is full") == true)
        #expect(error?.description.contains("SQLite error 13") == true)
        // What was reported as failed is not tried again, and nothing else is written after it.
        try store.database.writeWithoutTransaction { database in
            _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = 100000")
        }
        #expect(throws: HubStoreError.self) { try store.commit(.insert(message(4))) }
        #expect(try store.bodies(of: [1, 2, 3, 4]).map(\.sequence) == [1])
        store.close()
        let next = try SQLiteHubStore(directory: folder.path)
        defer { next.close() }
        try next.commit(.insert(message(4)))
        #expect(try next.recover().messages.map(\.message.sequence) == [1, 4])
    }

    @Test func aClosedStoreRefuses() throws {
        let store = try SQLiteHubStore(directory: folder.path)
        store.close()
        #expect(throws: HubStoreError.self) { try store.commit(.insert(message(1))) }
        #expect(throws: HubStoreError.self) { _ = try store.recover() }
        #expect(throws: HubStoreError.self) { _ = try store.bodies(of: [1]) }
        let error = #expect(throws: HubStoreError.self) { _ = try store.results(of: ["task-1"]) }
        #expect(error?.description == "\(database) was closed; open the store again")
    }
}
