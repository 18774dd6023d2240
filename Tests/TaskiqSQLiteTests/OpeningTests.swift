// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import TaskiqHub
import Testing

@testable import TaskiqSQLite

@Suite struct OpeningTests {
    @Test func filesAreForTheUserAlone() throws {
        let folder = try TemporaryFolder()
        let directory = folder.file("state/hub/")
        let store = try SQLiteHubStore(directory: directory)
        defer { store.close() }
        try store.commit(.insert(message(1)))
        #expect(store.path == folder.file("state/hub/hub.sqlite"))
        #expect(try TemporaryFolder.mode(of: folder.file("state")) == 0o700)
        #expect(try TemporaryFolder.mode(of: folder.file("state/hub")) == 0o700)
        for file in ["hub.sqlite", "hub.sqlite-wal", "lock"] {
            #expect(try TemporaryFolder.mode(of: folder.file("state/hub/\(file)")) == 0o600, "\(file)")
        }
    }

    @Test func theLogIsSharedWithNobody() throws {
        let folder = try TemporaryFolder()
        for _ in 1...2 {
            let store = try SQLiteHubStore(directory: folder.path)
            try store.commit(.reserveSequences(below: 10))
            #expect(TemporaryFolder.exists(folder.file("hub.sqlite-wal")))
            #expect(!TemporaryFolder.exists(folder.file("hub.sqlite-shm")))
            store.close()
            store.close()
            #expect(!TemporaryFolder.exists(folder.file("hub.sqlite-wal")))
        }
    }

    @Test(
        arguments: [
            ("locking_mode", "exclusive"), ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "0"),
            ("wal_autocheckpoint", "1000"), ("temp_store", "2"), ("cache_size", "-65536"), ("mmap_size", "0"),
            ("trusted_schema", "0"), ("cell_size_check", "1"), ("secure_delete", "2"),
        ]
    )
    func settings(name: String, value: String) throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteHubStore(directory: folder.path)
        defer { store.close() }
        let setting = try store.database.read { try String.fetchOne($0, sql: "PRAGMA \(name)") }
        // Where the system's SQLite has no memory mapping, it has no answer.
        #expect((setting ?? "0") == value)
    }

    @Test(arguments: [(Durability.full, 2), (.normal, 1), (.memory, 0)])
    func synchronous(durability: Durability, value: Int) throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteHubStore(directory: folder.path, options: SQLiteHubStoreOptions(durability: durability))
        defer { store.close() }
        #expect(try store.database.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == value)
    }
}
