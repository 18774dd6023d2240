// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Synchronization
import TaskiqHub
import Testing

@testable import TaskiqSQLite

#if canImport(Glibc)
import Glibc
#endif

/// A store that lost groups is noticed when it is opened.
@Suite struct HighWaterMarkTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func open(_ change: (inout SQLiteHubStoreOptions) -> Void = { _ in }) throws -> SQLiteHubStore {
        var options = SQLiteHubStoreOptions()
        options.disk.reserve = 0
        change(&options)
        return try SQLiteHubStore(directory: folder.path, options: options)
    }

    /// Makes a store with so many groups, and keeps an older copy of its file.
    private func makeStore(groups: Int64, copyAfter: Int64 = 0) throws {
        let store = try open()
        for number in 1...groups {
            try store.commit(.insert(message(number)))
            if number == copyAfter { try store.backup(to: folder.file("older")) }
        }
        store.close()
    }

    private func restoreOlder() throws {
        try FileManager.default.removeItem(atPath: folder.file("hub.sqlite"))
        try TemporaryFolder.copy(folder.file("older"), to: folder.file("hub.sqlite"))
    }

    @Test func anOlderCopyIsRefusedAndTheMissingGroupsAreCounted() throws {
        try makeStore(groups: 25, copyAfter: 8)
        try restoreOlder()
        for _ in 1...2 {
            let error = #expect(throws: HubStoreError.self) { try open() }
            #expect(error?.code == .wentBack)
            #expect(error?.description.contains("went back by 17 groups: it is at 8, and had come to 25") == true)
            #expect(error?.description.contains("--accept-rollback") == true)
        }
    }

    @Test func whoAcceptsItGoesOnFromThere() throws {
        try makeStore(groups: 25, copyAfter: 8)
        try restoreOlder()
        let store = try open { $0.acceptsRollback = true }
        #expect(try store.recover().messages.count == 8)
        store.close()
        let next = try open()
        #expect(try next.recover().messages.count == 8)
        next.close()
    }

    @Test func aStoreThatWasTakenAwayIsMissed() throws {
        try makeStore(groups: 3)
        try FileManager.default.removeItem(atPath: folder.file("hub.sqlite"))
        for _ in 1...2 {
            let error = #expect(throws: HubStoreError.self) { try open() }
            #expect(error?.code == .wentBack)
            #expect(error?.description.contains("is empty, and 3 groups were stored in it before") == true)
        }
        let store = try open { $0.acceptsRollback = true }
        #expect(try store.recover().messages.isEmpty)
        store.close()
    }

    @Test func aStoreOfAnotherFolderIsNoticed() throws {
        try makeStore(groups: 3)
        let other = try TemporaryFolder()
        try SQLiteHubStore(directory: other.path, options: .fast).close()
        try FileManager.default.removeItem(atPath: folder.file("hub.sqlite"))
        try TemporaryFolder.copy(other.file("hub.sqlite"), to: folder.file("hub.sqlite"))
        let error = #expect(throws: HubStoreError.self) { try open() }
        #expect(error?.code == .wentBack)
        #expect(error?.description.contains("is another store than the one that was here before") == true)
    }

    @Test func withoutDurabilityAPowerCutMayTakeGroupsBack() throws {
        let store = try open { $0.durability = .normal }
        try store.commit(.insert(message(1)))
        try store.backup(to: folder.file("older"))
        try store.commit(.insert(message(2)))
        store.close()
        try restoreOlder()
        let next = try open { $0.durability = .normal }
        #expect(try next.recover().messages.count == 1)
        next.close()
    }

    @Test func aLogThatWasDeletedIsNoticed() throws {
        let store = try open()
        for number in 1...40 as ClosedRange<Int64> { try store.commit(.insert(message(number))) }
        let killed = try TemporaryFolder()
        for file in ["hub.sqlite", "hwm"] { try TemporaryFolder.copy(folder.file(file), to: killed.file(file)) }
        store.close()
        let error = #expect(throws: HubStoreError.self) {
            try SQLiteHubStore(directory: killed.path, options: .fast)
        }
        #expect(error?.code == .wentBack)
    }

    @Test func theGroupsOfAllLivesCount() throws {
        for life in 1...3 as ClosedRange<Int64> {
            let store = try open()
            _ = try store.recover()
            try store.commit(.insert(message(life)))
            store.close()
            #expect(try HighWaterMark.read(folder.file("hwm")).mark?.group == 2 * life)
        }
    }

    @Test func onePlaceIsWholeWhateverHappensToTheOther() throws {
        try makeStore(groups: 7)
        let bytes = try TemporaryFolder.read(folder.file("hwm"))
        for place in 0..<2 {
            for offset in 0..<34 {
                var changed = bytes
                changed[place * HighWaterMark.placeSize + offset] ^= 0x10
                try TemporaryFolder.write(changed, to: folder.file("hwm"))
                let group = try HighWaterMark.read(folder.file("hwm")).mark?.group
                #expect(group == (place == 1 ? 6 : 7))
            }
        }
    }

    @Test func aMarkThatIsDamagedStopsNobody() throws {
        try makeStore(groups: 3)
        try TemporaryFolder.write(Array(repeating: 9, count: 8192), to: folder.file("hwm"))
        #expect(try HighWaterMark.read(folder.file("hwm")).isDamaged)
        try open().close()
        #expect(try HighWaterMark.read(folder.file("hwm")).mark?.group == 3)
    }

    @Test func aMarkThatIsMissingIsMissed() throws {
        try makeStore(groups: 3)
        try FileManager.default.removeItem(atPath: folder.file("hwm"))
        for _ in 1...2 {
            let error = #expect(throws: HubStoreError.self) { try open() }
            #expect(error?.code == .wentBack)
            #expect(error?.description.contains("is at group 3, and the file hwm") == true)
            #expect(error?.description.contains("--accept-rollback") == true)
        }
        #expect(try HubStoreMaintenance.check(folder.path).problems.map(\.place) == ["file hwm"])
        try open { $0.acceptsRollback = true }.close()
        #expect(try HighWaterMark.read(folder.file("hwm")).mark?.group == 3)
        try open().close()
    }

    @Test func aLogAndAMarkThatWereDeletedTogetherAreMissed() throws {
        let store = try open()
        _ = try store.recover()
        for number in 1...200 as ClosedRange<Int64> { try store.commit(.insert(message(number))) }
        let killed = try TemporaryFolder()
        try TemporaryFolder.copy(folder.file("hub.sqlite"), to: killed.file("hub.sqlite"))
        store.close()
        let error = #expect(throws: HubStoreError.self) { try SQLiteHubStore(directory: killed.path, options: .fast) }
        #expect(error?.code == .wentBack)
    }

    @Test func aStoreThatWasNeverUsedNeedsNoMark() throws {
        try open().close()
        try FileManager.default.removeItem(atPath: folder.file("hwm"))
        try open().close()
    }

    @Test func aCopyNeedsNoMarkTheFirstTime() throws {
        try makeStore(groups: 25, copyAfter: 8)
        let restored = try TemporaryFolder()
        try TemporaryFolder.copy(folder.file("older"), to: restored.file("hub.sqlite"))
        #expect(try HubStoreMaintenance.check(restored.path).isSound)
        let store = try SQLiteHubStore(directory: restored.path, options: .fast)
        #expect(try store.recover().messages.count == 8)
        // From then on it is a store like any other, whatever becomes of its log.
        let killed = try TemporaryFolder()
        try TemporaryFolder.copy(restored.file("hub.sqlite"), to: killed.file("hub.sqlite"))
        store.close()
        let error = #expect(throws: HubStoreError.self) { try SQLiteHubStore(directory: killed.path, options: .fast) }
        #expect(error?.code == .wentBack)
    }

    #if canImport(Glibc)
    @Test func aDiskThatFailsUnderTheMarkEndsTheStore() throws {
        let count = Counter()
        let store = try open { options in
            options.highWaterMarkCalls.write = { file, bytes, offset in
                // Two calls are those of its opening.
                guard count.next() > 2 else { return pwrite(file, bytes.baseAddress, bytes.count, off_t(offset)) }
                errno = EIO
                return -1
            }
        }
        defer { store.close() }
        let error = #expect(throws: HubStoreError.self) { try store.commit(.insert(message(1))) }
        #expect(error?.code == .failed)
        #expect(error?.description.contains("hwm failed") == true)
        #expect(throws: HubStoreError.self) { try store.commit(.insert(message(2))) }
    }

    @Test func aFullDiskUnderTheMarkEndsNothing() throws {
        try makeStore(groups: 2)
        let store = try open { options in
            options.highWaterMarkCalls.write = { _, _, _ in
                errno = ENOSPC
                return -1
            }
        }
        defer { store.close() }
        try store.commit(.insert(message(3)))
        #expect(try HighWaterMark.read(folder.file("hwm")).mark?.group == 2)
    }
    #endif
}

/// Counts calls, from 1.
final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
