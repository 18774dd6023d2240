// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import Logging
import TaskiqHub
import Testing

@testable import TaskiqSQLite

@Suite struct SchemaTests {
    private let folder: TemporaryFolder
    private let later = HubSchema(steps: HubSchema.current.steps + ["ALTER TABLE meta ADD COLUMN note TEXT"])

    init() throws {
        folder = try TemporaryFolder()
    }

    private func open(_ schema: HubSchema) throws -> DatabaseQueue {
        let directory = try DataDirectory(creating: folder.path)
        return try HubDatabase.open(directory, durability: .memory, schema: schema, logger: Logger(label: "test"))
    }

    private func version(_ queue: DatabaseQueue) throws -> Int? {
        try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
    }

    @Test(arguments: 1...HubSchema.current.steps.count)
    func eachVersionLeadsToThePresentOne(version number: Int) throws {
        let queue = try DatabaseQueue(path: folder.file("hub.sqlite"))
        let schema = HubSchema(steps: Array(HubSchema.current.steps.prefix(number)))
        try queue.writeWithoutTransaction { database in
            let first = try schema.migrate(database, path: "a file")
            let second = try schema.migrate(database, path: "a file")
            #expect([first.from, first.to, second.from, second.to] == [0, number, number, number])
        }
        try queue.close()
        let store = try SQLiteHubStore(directory: folder.path)
        defer { store.close() }
        try store.commit(.insert(message(1)))
        #expect(try store.recover().messages.count == 1)
        #expect(try version(store.database) == HubSchema.current.steps.count)
    }

    @Test func aStepIsTakenOnceAndKeepsTheRows() throws {
        let store = try SQLiteHubStore(directory: folder.path)
        try store.commit(.insert(message(1)))
        store.close()
        for _ in 1...2 {
            let queue = try open(later)
            #expect(try version(queue) == HubSchema.current.steps.count + 1)
            #expect(try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM message") } == 1)
            #expect(try queue.read { try $0.columns(in: "meta").map(\.name) }.contains("note"))
            try queue.close()
        }
    }

    @Test func aStepThatFailsChangesNothing() throws {
        try open(.current).close()
        let broken = HubSchema(
            steps: HubSchema.current.steps + ["CREATE TABLE extra (id); INSERT INTO nowhere VALUES (1)"]
        )
        #expect(throws: HubStoreError.self) { try open(broken) }
        let queue = try open(.current)
        #expect(try version(queue) == HubSchema.current.steps.count)
        #expect(try queue.read { try !$0.tableExists("extra") })
    }

    @Test func aFileOfALaterVersionIsRefusedAndLeftAsItIs() throws {
        try open(later).close()
        let before = try TemporaryFolder.read(folder.file("hub.sqlite"))
        let error = #expect(throws: HubStoreError.self) { try SQLiteHubStore(directory: folder.path) }
        let text = try #require(error?.description)
        #expect(error?.code == .damaged)
        #expect(text.contains(folder.file("hub.sqlite")))
        let known = HubSchema.current.steps.count
        #expect(
            text.contains("written by a later version of the hub (format \(known + 1), this one knows up to \(known))")
        )
        #expect(text.contains("start that version again"))
        #expect(try TemporaryFolder.read(folder.file("hub.sqlite")) == before)
    }

    @Test func storesAreToldApart() throws {
        let ids = try [folder, try TemporaryFolder()].map { folder in
            let store = try SQLiteHubStore(directory: folder.path)
            defer { store.close() }
            return try store.database.read { try String.fetchOne($0, sql: "SELECT hex(store_id) FROM meta") }
        }
        #expect(Set(ids).count == 2)
        #expect(ids.allSatisfy { $0?.count == 32 })
    }
}
