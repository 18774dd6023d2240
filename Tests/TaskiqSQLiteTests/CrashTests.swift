// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub
import TaskiqHubProtocol
import Testing

@testable import TaskiqSQLite

/// What a hub finds whose predecessor was killed: the files as they were at that moment.
@Suite struct CrashTests {
    @Test func everyCommittedGroupIsInTheFilesOfAnOpenStore() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteHubStore(directory: folder.path)
        defer { store.close() }
        #expect(try store.recover().epoch == 1)
        for number in 1...50 as ClosedRange<Int64> {
            try store.commit(
                .insert(message(number)),
                .lease(LeaseKey(sequence: number, attempt: 1), worker: try peer(1))
            )
            guard number % 10 == 0 else { continue }
            let killed = try TemporaryFolder()
            for file in ["hub.sqlite", "hub.sqlite-wal", "hwm"] {
                try TemporaryFolder.copy(folder.file(file), to: killed.file(file))
            }
            let next = try SQLiteHubStore(directory: killed.path)
            defer { next.close() }
            let state = try next.recover()
            #expect(state.epoch == 2)
            #expect(state.messages.map(\.message.sequence) == Array(1...number))
            #expect(state.messages.allSatisfy { $0.attempt == 1 && $0.worker != nil })
            #expect(state.nextSequence == number + 1)
        }
    }

    @Test func aLogCutAnywhereHoldsWholeGroups() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteHubStore(directory: folder.path)
        defer { store.close() }
        for number in 0..<20 as Range<Int64> {
            try store.commit(
                .insert(message(number * 3 + 1)),
                .insert(message(number * 3 + 2)),
                .insert(message(number * 3 + 3))
            )
        }
        let copy = try TemporaryFolder()
        try TemporaryFolder.copy(folder.file("hub.sqlite"), to: copy.file("main"))
        try TemporaryFolder.copy(folder.file("hub.sqlite-wal"), to: copy.file("log"))
        let main = try TemporaryFolder.read(copy.file("main"))
        let log = try TemporaryFolder.read(copy.file("log"))
        var counts: Set<Int> = []
        // From the first groups on: a log without the tables is an empty store.
        for length in stride(from: log.count, to: log.count / 2, by: -3_001) {
            let cut = try TemporaryFolder()
            try TemporaryFolder.write(main, to: cut.file("hub.sqlite"))
            try TemporaryFolder.write(Array(log[..<length]), to: cut.file("hub.sqlite-wal"))
            // What is missing is missed, which is tested elsewhere.
            var options = SQLiteHubStoreOptions.fast
            options.acceptsRollback = true
            let next = try SQLiteHubStore(directory: cut.path, options: options)
            defer { next.close() }
            let sequences = try next.recover().messages.map(\.message.sequence)
            #expect(sequences == Array(1...Int64(sequences.count)))
            #expect(sequences.count.isMultiple(of: 3))
            counts.insert(sequences.count)
        }
        #expect(counts.contains(60) && counts.count > 3)
    }
}
