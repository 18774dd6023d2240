// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqHub
import TaskiqHubProtocol
import Testing

@testable import TaskiqSQLite

#if canImport(Glibc)
import Glibc
#endif

@Suite struct DiskTests {
    @Test func theMarkIsTheLargerOfTwo() {
        var policy = DiskPolicy()
        #expect(policy.mark(total: 10 << 30) == 256 << 20)
        #expect(policy.mark(total: 100 << 30) == 2_147_483_648)
        (policy.minimumFree, policy.minimumShare) = (5, 0)
        #expect(policy.mark(total: .max) == 5)
    }

    @Test(
        arguments: [
            (255, .ok, .low), (256, .ok, .ok), (511, .ok, .ok), (0, .low, .low), (256, .low, .low), (511, .low, .low),
            (512, .low, .ok),
        ] as [(Int64, DiskState, DiskState)]
    )
    func onceLowTwiceAsMuchMustBeFree(free: Int64, last: DiskState, now: DiskState) {
        #expect(DiskPolicy().state(free: free << 20, total: 1 << 30, last: last) == now)
    }

    @Test func theReserveIsMadeAndReleased() throws {
        let folder = try TemporaryFolder()
        let reserve = DiskReserve(path: folder.file("reserve"), size: 1 << 20)
        #expect(!reserve.isThere)
        #expect(try reserve.make() && reserve.isThere)
        #expect(try TemporaryFolder.mode(of: reserve.path) == 0o600)
        #expect(try reserve.make())
        #expect(reserve.release() && !reserve.isThere)
        #expect(!reserve.release())
    }

    #if canImport(Glibc)
    /// A store on a file system of 24 MiB of its own.
    private static func withSmallDisk(_ body: (_ folder: String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        // Only the superuser of the machine may mount, and not in every container.
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=24m") == 0 else {
            print(
                "notice: no file system can be mounted here (\(lastSystemError())); tests of a full disk are left out"
            )
            return
        }
        defer { umount2(folder.path, CInt(MNT_DETACH)) }
        try body(folder.path)
    }

    private static var options: SQLiteHubStoreOptions {
        var options = SQLiteHubStoreOptions()
        options.disk.reserve = 4 << 20
        options.disk.minimumFree = 6 << 20
        options.disk.minimumShare = 0
        return options
    }

    /// Writes a file until nothing is free.
    private static func fill(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        let bytes = [UInt8](repeating: 1, count: 4096)
        while write(descriptor, bytes, bytes.count) > 0 {}
    }

    @Test func newMessagesAreRefusedBeforeTheDiskIsFull() throws {
        try Self.withSmallDisk { folder in
            let store = try SQLiteHubStore(directory: folder + "/hub", options: Self.options)
            defer { store.close() }
            #expect(store.diskState() == .ok)
            var sequence: Int64 = 0
            // As the hub does: it looks each second, here after each group, and accepts as long as there is room.
            while store.diskState() == .ok {
                sequence += 1
                try store.commit(.insert(message(sequence, size: 15_000)))
                #expect(sequence < 2_000)
            }
            #expect(sequence > 200)
            for number in 1...sequence {
                try store.commit(.complete(sequence: number, result: outcome("task-\(number)", "r")))
            }
            #expect(try store.statistics().messages == 0)
        }
    }

    @Test func endsOfMessagesCommitOnAFullDisk() throws {
        try Self.withSmallDisk { folder in
            let store = try SQLiteHubStore(directory: folder + "/hub", options: Self.options)
            _ = try store.recover()
            let count = 400 as Int64
            for number in 1...count {
                try store.commit(
                    .insert(message(number, size: 3_000)),
                    .lease(LeaseKey(sequence: number, attempt: 1), worker: try peer(1))
                )
            }
            try Self.fill(folder + "/other")
            #expect(store.diskState() == .low)
            for number in 1...count {
                try store.commit(.complete(sequence: number, result: outcome("task-\(number)", "result")))
            }
            #expect(try store.results(of: (1...count).map { "task-\($0)" }).count == Int(count))
            #expect(!TemporaryFolder.exists(folder + "/hub/reserve"), "the disk was never full")
            #expect(store.diskState() == .low)
            // It goes on by itself when there is room again, and the reserve is made anew.
            try FileManager.default.removeItem(atPath: folder + "/other")
            #expect(store.diskState() == .ok)
            #expect(TemporaryFolder.exists(folder + "/hub/reserve"))
            try store.commit(.insert(message(count + 1)))
            store.close()
            let next = try SQLiteHubStore(directory: folder + "/hub", options: Self.options)
            defer { next.close() }
            #expect(try next.recover().messages.map(\.message.sequence) == [count + 1])
        }
    }

    @Test func withoutAReserveAFullDiskEndsTheStoreAndNothingIsLost() throws {
        try Self.withSmallDisk { folder in
            var options = Self.options
            options.disk.reserve = 0
            let store = try SQLiteHubStore(directory: folder + "/hub", options: options)
            try store.commit(.insert(message(1)))
            try Self.fill(folder + "/other")
            var accepted: Int64 = 1
            let error = #expect(throws: HubStoreError.self) {
                while true {
                    try store.commit(.insert(message(accepted + 1, size: 9_000)))
                    accepted += 1
                }
            }
            #expect(error?.description.contains("the disk is full") == true)
            #expect(throws: HubStoreError.self) { try store.commit(.insert(message(accepted + 2))) }
            store.close()
            try FileManager.default.removeItem(atPath: folder + "/other")
            let next = try SQLiteHubStore(directory: folder + "/hub", options: options)
            defer { next.close() }
            #expect(try next.recover().messages.map(\.message.sequence).starts(with: 1...accepted))
        }
    }
    #endif
}
