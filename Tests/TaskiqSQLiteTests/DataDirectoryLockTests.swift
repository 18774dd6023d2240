// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqHub
import Testing

@testable import TaskiqSQLite

@Suite struct DataDirectoryLockTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var process: String { "\(ProcessInfo.processInfo.processIdentifier)" }

    @Test func aSecondHubIsToldWhoHasTheDirectory() throws {
        let store = try SQLiteHubStore(directory: folder.path)
        defer { store.close() }
        let error = #expect(throws: HubStoreError.self) { try SQLiteHubStore(directory: folder.path) }
        #expect(error?.code == .inUse)
        #expect(
            error?.description == "the data directory \(folder.path) is in use by process \(process); "
                + "stop that hub first, or give this one another data directory"
        )
        // The first one is not disturbed.
        try store.commit(.insert(message(1)))
    }

    @Test func theLockHoldsTheNumberOfTheProcess() throws {
        let lock = try DataDirectoryLock(directory: folder.path)
        #expect(String(decoding: try TemporaryFolder.read(folder.file("lock")), as: UTF8.self) == "\(process)\n")
        #expect(lock.path == folder.path)
        lock.release()
        lock.release()
        #expect(try TemporaryFolder.read(folder.file("lock")).isEmpty)
    }

    @Test func aClosedStoreGivesTheDirectoryBack() throws {
        let store = try SQLiteHubStore(directory: folder.path)
        store.close()
        let second = try SQLiteHubStore(directory: folder.path)
        second.close()
        withExtendedLifetime(store) {}
    }

    @Test func aStoreThatDoesNotOpenGivesTheDirectoryBack() throws {
        try TemporaryFolder.write(Array(repeating: 0x78, count: 5_000), to: folder.file("hub.sqlite"))
        for _ in 1...2 {
            let error = #expect(throws: HubStoreError.self) { try SQLiteHubStore(directory: folder.path) }
            #expect(error?.code == .damaged)
        }
    }

    @Test func aFileThatAKilledHubLeftDoesNotBlock() throws {
        try TemporaryFolder.write(Array("4194304 and more than the new one".utf8), to: folder.file("lock"))
        let lock = try DataDirectoryLock(directory: folder.path)
        #expect(String(decoding: try TemporaryFolder.read(folder.file("lock")), as: UTF8.self) == "\(process)\n")
        lock.release()
    }

    @Test(arguments: ["lock", "hwm", "reserve"])
    func noFileIsWrittenThroughALink(name: String) throws {
        let precious = try TemporaryFolder()
        try TemporaryFolder.write(Array("precious".utf8), to: precious.file("file"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file(name),
            withDestinationPath: precious.file("file")
        )
        for _ in 1...2 {
            let error = #expect(throws: HubStoreError.self) { try SQLiteHubStore(directory: folder.path) }
            #expect(error?.code == .unusable)
            #expect(error?.description.contains("\(folder.file(name)) is a link") == true)
            #expect(error?.description.contains("remove it, or choose another data directory") == true)
        }
        #expect(try TemporaryFolder.read(precious.file("file")) == Array("precious".utf8))
        // A link to nothing makes no file there.
        try FileManager.default.removeItem(atPath: precious.file("file"))
        #expect(throws: HubStoreError.self) { try SQLiteHubStore(directory: folder.path) }
        #expect(!TemporaryFolder.exists(precious.file("file")))
        try FileManager.default.removeItem(atPath: folder.file(name))
        try SQLiteHubStore(directory: folder.path, options: .fast).close()
    }

    @Test(arguments: ["lock", "hwm", "reserve"])
    func whatIsNoFileIsRefused(name: String) throws {
        try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: false)
        let error = #expect(throws: HubStoreError.self) { try SQLiteHubStore(directory: folder.path) }
        #expect(error?.description.contains("is a folder or a device") == true)
    }

    #if os(Linux)
    @Test(.enabled(if: TemporaryFolder.exists("/usr/bin/flock")))
    func otherProcessesSeeTheLock() throws {
        let lock = try DataDirectoryLock(directory: folder.path)
        #expect(try TemporaryFolder.run("/usr/bin/flock", "--nonblock", folder.file("lock"), "true") == 1)
        lock.release()
        #expect(try TemporaryFolder.run("/usr/bin/flock", "--nonblock", folder.file("lock"), "true") == 0)
    }
    #endif
}
