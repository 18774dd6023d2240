// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
import TaskiqHub
import TestSupport
import Testing

@testable import TaskiqSQLite

/// A bit of a file flips, or a part of the log is missing: no wrong body is delivered, and nothing is missing unseen.
@Suite struct BitFlipTests {
    private let folder: TemporaryFolder
    private let messages: [Int64: StoredMessage]

    /// A closed store with messages of every size, results and dead letters.
    init() throws {
        folder = try TemporaryFolder()
        var messages: [Int64: StoredMessage] = [:]
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        for number in 1...160 as ClosedRange<Int64> {
            let stored = message(number, size: [40, 700, 5_000, 20_000, 300][Int(number % 5)])
            try store.commit(.insert(stored))
            messages[number] = stored
        }
        for number in 1...60 as ClosedRange<Int64> {
            let result = outcome("task-\(number)", "result of \(number)", expiresAt: 1_000_000)
            let isDead = number % 3 == 0
            try store.commit(
                isDead
                    ? .bury(sequence: number, reason: "r", at: instant(1), result: result)
                    : .complete(sequence: number, result: result)
            )
            messages[number] = nil
        }
        store.close()
        self.messages = messages
    }

    private enum Verdict: Hashable {
        case refused, allIntact, someDamaged
    }

    /// Opens a store as a hub does, reads everything, and checks all that it gives out as intact.
    private func examine(_ path: String, _ context: String) throws -> Verdict {
        let store: SQLiteHubStore
        let state: RecoveredState
        do {
            store = try SQLiteHubStore(directory: path, options: .fast)
        } catch {
            return .refused
        }
        defer { store.close() }
        do {
            state = try store.recover()
        } catch {
            #expect(error is HubStoreError)
            return .refused
        }
        var damaged = 0
        var seen: Set<Int64> = []
        for entry in state.messages {
            seen.insert(entry.message.sequence)
            guard entry.damage == nil else {
                damaged += 1
                continue
            }
            guard case .intact(let body)? = try store.bodies(of: [entry.message.sequence]).first?.body else {
                damaged += 1
                continue
            }
            var expected = try #require(messages[entry.message.sequence], "\(context)")
            #expect(body == expected.body, "\(context): a wrong body")
            expected.body = []
            #expect(entry.message == expected, "\(context): a wrong message")
        }
        // One that is not there under its own number is there under a wrong one, and damaged.
        #expect(state.messages.count == messages.count, "\(context): a message is missing")
        do {
            for (taskID, body) in try store.results(of: (1...60).map { "task-\($0)" }) {
                guard let bytes = body.bytes else {
                    damaged += 1
                    continue
                }
                #expect(String(decoding: bytes, as: UTF8.self) == "result of \(taskID.dropFirst(5))", "\(context)")
            }
            for number in stride(from: 3 as Int64, through: 60, by: 3) {
                guard let letter = try store.deadLetter(sequence: number), letter.damage == nil else {
                    damaged += 1
                    continue
                }
                let size = [40, 700, 5_000, 20_000, 300][Int(number % 5)]
                #expect(letter.message.body == message(number, size: size).body, "\(context): a wrong dead letter")
            }
        } catch {
            #expect(error is HubStoreError, "\(context)")
            damaged += 1
        }
        return damaged == 0 ? .allIntact : .someDamaged
    }

    @Test func noFlippedBitIsDelivered() throws {
        let bytes = try TemporaryFolder.read(folder.file("hub.sqlite"))
        var random = SeededGenerator(seed: 10)
        var verdicts: [Verdict: Int] = [:]
        for number in 0..<faultCount(100) {
            let bit = Int.random(in: 0..<(bytes.count * 8), using: &random)
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let copy = try TemporaryFolder()
            try TemporaryFolder.write(changed, to: copy.file("hub.sqlite"))
            try TemporaryFolder.copy(folder.file("hwm"), to: copy.file("hwm"))
            let verdict = try examine(copy.path, "flip \(number), bit \(bit % 8) of byte \(bit / 8)")
            verdicts[verdict, default: 0] += 1
        }
        print("flips: \(verdicts)")
        #expect(verdicts[.someDamaged, default: 0] > 0)
    }

    @Test func allIsWellWithoutAFlip() throws {
        #expect(try examine(folder.path, "no flip") == .allIntact)
    }

    @Test func aDamagedMessageDoesNotStopTheOthers() throws {
        var bytes = try TemporaryFolder.read(folder.file("hub.sqlite"))
        let body = try #require(messages[100]).body
        let place = try #require(bytes.firstRange(of: body))
        bytes[place.lowerBound + 3] ^= 4
        try TemporaryFolder.write(bytes, to: folder.file("hub.sqlite"))
        let store = try SQLiteHubStore(directory: folder.path, options: .fast)
        defer { store.close() }
        #expect(try store.recover().messages.allSatisfy { $0.damage == nil })
        let bodies = try store.bodies(of: [99, 100, 101])
        #expect(bodies.map { $0.body.bytes == nil } == [false, true, false])
        guard case .damaged(let reason) = bodies[1].body else { return }
        #expect(reason.contains("message 100 is not what was stored"))
        // The scrubber finds it as well, in whatever steps.
        var found: [Int64] = []
        var next: Int64? = 0
        while let start = next {
            let report = try store.scrub(from: start, limit: 7)
            found += report.damaged.map(\.sequence)
            next = report.next
        }
        #expect(found == [100])
        try store.commit(.quarantine(sequence: 100, reason: reason, at: instant(1), result: nil))
        #expect(try store.statistics().quarantined == 1)
        #expect(try store.bodies(of: [99, 100, 101]).map(\.sequence) == [99, 101])
    }
}

/// The log is cut, changed or deleted, or an older file put in the place of the store.
@Suite struct LogDamageTests {
    @Test func everyLossIsNoticed() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteHubStore(directory: folder.path, options: .durable)
        var random = SeededGenerator(seed: 11)
        let workload = try FaultWorkload(seed: 11, groups: 60)
        var killed: [(files: [String: [UInt8]], groups: Int)] = []
        try store.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 40") }
        for (index, group) in workload.groups.enumerated() {
            try store.commit(group)
            guard index % 12 == 11 else { continue }
            let copy = try TemporaryFolder()
            var files: [String: [UInt8]] = [:]
            for file in ["hub.sqlite", "hub.sqlite-wal", "hwm"] {
                try TemporaryFolder.copy(folder.file(file), to: copy.file(file))
                files[file] = try TemporaryFolder.read(copy.file(file))
            }
            killed.append((files, index + 1))
        }
        store.close()
        var noticed = 0
        for number in 0..<faultCount(150) {
            var (files, groups) = try #require(killed.randomElement(using: &random))
            var log = try #require(files["hub.sqlite-wal"])
            switch number % 4 {
            case 0: log.removeLast(Int.random(in: 1...log.count, using: &random))
            case 1:
                let bit = Int.random(in: 0..<(log.count * 8), using: &random)
                log[bit / 8] ^= 1 << UInt8(bit % 8)
            case 2: log = []
            default:
                let older = try #require(killed.randomElement(using: &random))
                log = older.files["hub.sqlite-wal"] ?? []
                files["hub.sqlite"] = older.files["hub.sqlite"]
                // One that is newer than the mark has lost nothing.
                groups = max(groups, older.groups)
            }
            files["hub.sqlite-wal"] = log
            let copy = try TemporaryFolder()
            for (file, bytes) in files { try TemporaryFolder.write(bytes, to: copy.file(file)) }
            do {
                let store = try SQLiteHubStore(directory: copy.path, options: .fast)
                defer { store.close() }
                // Nothing was missing: what was cut or changed was no part of what the log held.
                let memory = try Memory(store, taskIDs: workload.taskIDs)
                let isWhole = memory == workload.memories[groups]
                #expect(isWhole, "damage \(number)")
            } catch let error as HubStoreError {
                noticed += 1
                #expect([.wentBack, .damaged].contains(error.code), "\(error)")
            }
        }
        #expect(noticed > 0)
    }
}
