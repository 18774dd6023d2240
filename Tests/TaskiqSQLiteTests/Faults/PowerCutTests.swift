// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import TaskiqHub
import TestSupport
import Testing

@testable import TaskiqSQLite

/// The power goes at any moment: what the disk was told to keep is there, of the rest anything may be, whole or torn.
@Suite struct PowerCutTests {
    /// The files of a folder as a power cut may leave them.
    struct Disk {
        private var kept: [String: [UInt8]] = [:]
        /// What was written to each file since it was last brought to the disk.
        private var pending: [String: [FaultyDisk.Event]] = [:]

        mutating func take(_ event: FaultyDisk.Event) {
            switch event {
            case .write(let file, _, _), .truncate(let file, _): pending[file, default: []].append(event)
            case .synchronize(let file):
                for event in pending.removeValue(forKey: file) ?? [] { Self.apply(event, to: &kept[file, default: []]) }
            case .delete(let file, let isDurable):
                guard isDurable else { return pending[file, default: []].append(event) }
                kept[file] = nil
                pending[file] = nil
            case .note(0):
                // The store has brought its folder to the disk: what was removed does not come back.
                for (file, events) in pending {
                    guard case .delete? = events.last else { continue }
                    (kept[file], pending[file]) = (nil, nil)
                }
            case .note: break
            }
        }

        /// One of the many states that the files may be in.
        func image(_ random: inout SeededGenerator) -> [String: [UInt8]] {
            var files = kept
            // All or nothing now and then, as chance alone would hardly ever choose these.
            let share = [0, 50, 90, 100].randomElement(using: &random) ?? 50
            for (file, events) in pending.sorted(by: { $0.key < $1.key }) {
                for event in events where random.chance(share) {
                    Self.apply(random.chance(10) ? Self.torn(event, &random) : event, to: &files[file, default: []])
                }
            }
            return files
        }

        /// A part of a write, in whole sectors.
        private static func torn(_ event: FaultyDisk.Event, _ random: inout SeededGenerator) -> FaultyDisk.Event {
            guard case .write(let file, let offset, let bytes) = event, bytes.count > 512 else { return event }
            let sectors = Int.random(in: 0...(bytes.count / 512), using: &random)
            return .write(file: file, offset: offset, bytes: Array(bytes.prefix(sectors * 512)))
        }

        private static func apply(_ event: FaultyDisk.Event, to bytes: inout [UInt8]) {
            switch event {
            case .write(_, let offset, let new):
                let end = Int(offset) + new.count
                if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
                bytes.replaceSubrange(Int(offset)..<end, with: new)
            case .truncate(_, let size):
                if bytes.count > size { bytes.removeSubrange(Int(size)...) }
            case .delete: bytes = []
            case .synchronize, .note: break
            }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func aGroupIsThereAsAWholeOrNotAtAll(seed: UInt64) throws {
        let workload = try FaultWorkload(seed: seed, groups: 40)
        let folder = try TemporaryFolder()
        var plan = FaultyDisk.Plan()
        plan.keepsEvents = true
        let events = try FaultyDisk.with(folder.path, plan) {
            let store = try SQLiteHubStore(directory: folder.path, options: .durable)
            defer { store.close() }
            FaultyDisk.note(0, folder.path)
            try store.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 20") }
            for (index, group) in workload.groups.enumerated() {
                try store.commit(group)
                FaultyDisk.note(index + 1, folder.path)
            }
            return FaultyDisk.plan(folder.path).events
        }
        var random = SeededGenerator(seed: seed)
        var disk = Disk()
        var acknowledged = 0
        let images = faultCount(150)
        var unacknowledged = 0
        for (index, event) in events.enumerated() {
            disk.take(event)
            if case .note(let number) = event { acknowledged = number }
            // As many images as were asked for, spread over all moments.
            for _ in 0..<(images * (index + 1) / events.count - images * index / events.count) {
                let found = try recover(disk.image(&random), acknowledged: acknowledged, of: workload)
                let possible = workload.memories[acknowledged...].prefix(2)
                let isPossible = possible.contains(found)
                #expect(isPossible, "event \(index) of \(events.count), \(acknowledged) acknowledged")
                if found != workload.memories[acknowledged] { unacknowledged += 1 }
            }
        }
        // The disk must have been caught at work.
        #expect(unacknowledged > 0)
    }

    private func recover(
        _ files: [String: [UInt8]],
        acknowledged: Int,
        of workload: FaultWorkload
    ) throws -> Memory {
        let folder = try TemporaryFolder()
        for (file, bytes) in files where !bytes.isEmpty { try TemporaryFolder.write(bytes, to: folder.file(file)) }
        var options = SQLiteHubStoreOptions.fast
        // The file hwm is on none of these disks.
        options.acceptsRollback = true
        let store = try SQLiteHubStore(directory: folder.path, options: options)
        defer { store.close() }
        // The mark beside the store may have come as far as what was acknowledged, so the store must have too.
        let mark = try HighWaterMark.read(folder.file("hwm")).mark
        #expect(mark.map { $0.group >= Int64(acknowledged) } == true)
        return try Memory(store, taskIDs: workload.taskIDs)
    }
}
