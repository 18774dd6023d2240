// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol
import TestSupport
import Testing

@testable import TaskiqSQLite

/// A hub's life by chance: what it writes about messages, of which some are long over.
struct RandomHistory {
    private var generator: SeededGenerator
    private var live: [Int64] = []
    private var lastSequence: Int64 = 0
    private var now: Int64 = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    var sequences: ClosedRange<Int64> { 1...max(1, lastSequence) }

    /// The next group; so many new messages, and about as many changes of others.
    mutating func group(inserting count: Int) throws -> StoreGroup {
        var operations: [StoreOperation] = []
        for _ in 0..<count {
            operations.append(.insert(try newMessage()))
            operations.append(try change())
        }
        if chance(3) { operations.append(.forget(expiredBefore: instant(now - 40))) }
        if chance(9) { operations.append(.reserveSequences(below: lastSequence + 100)) }
        return StoreGroup(number: 1, operations: operations)
    }

    private mutating func newMessage() throws -> StoredMessage {
        now += 1
        lastSequence += chance(20) ? 17 : 1
        live.append(lastSequence)
        var new = message(lastSequence, taskID: "task-\(lastSequence % 997)")
        if chance(3) {
            let until = instant(now + 40)
            new.key = SubmissionKey(key: try peer(Int(number(5_000))), bodyHash: number(9), until: until)
        }
        if chance(5) { new.dueAt = instant(now + number(100)) }
        if chance(6) { (new.expiresAt, new.isFenced) = (instant(now + number(100)), chance(2)) }
        if chance(7) { new.uniqueKey = "key-\(number(9))" }
        if chance(40) { new.body = Array(repeating: UInt8(number(256)), count: Int(number(40_000))) }
        if chance(10) { (new.scheduleID, new.scheduledAt) = ("schedule-\(number(5))", instant(now)) }
        return new
    }

    private mutating func change() throws -> StoreOperation {
        let sequence = chance(8) ? number(lastSequence + 5) : live[Int(number(Int64(live.count)))]
        switch number(18) {
        case 0...4:
            return .lease(LeaseKey(sequence: sequence, attempt: Int32(number(4) + 1)), worker: try peer(Int(number(4))))
        case 5:
            let due = chance(2) ? instant(number(1_000)) : nil
            return .release(sequence: sequence, crashes: Int32(number(3)), dueAt: due)
        case 6:
            return .acknowledge(sequence: sequence)
        case 14:
            return .quarantine(sequence: sequence, reason: "flip", at: instant(now), result: result(sequence))
        case 15:
            return .dropDeadLetters([sequence, number(lastSequence)])
        case 16:
            return .queue(name: "queue-\(number(4))", isPaused: chance(2))
        case 13:
            return .retain(LeaseKey(sequence: sequence, attempt: Int32(number(4) + 1)), result: result(sequence))
        case 7...9:
            return .complete(sequence: sequence, result: result(sequence))
        case 10:
            return .bury(sequence: sequence, reason: "reason \(sequence)", at: instant(now), result: result(sequence))
        case 11:
            let id = slot("schedule-\(number(5))", number(200))
            return .slot(StoredSlot(slot: id, decidedAt: instant(now), sequence: sequence, reason: nil))
        case 12:
            let state = ScheduleState(cursor: instant(number(500)), fingerprint: "\(number(3))")
            return .scheduleState(ScheduleID(rawValue: "schedule-\(number(5))"), state)
        default:
            let catalogue = TaskCatalogue(application: "app-\(number(3))", tasks: [])
            return .catalogue(application: catalogue.application, json: catalogue.json(), at: instant(now))
        }
    }

    private mutating func result(_ sequence: Int64) -> StoredOutcome? {
        guard chance(2) else { return nil }
        return outcome("task-\(sequence % 997)", "result of \(sequence)", expiresAt: now + 60)
    }

    private mutating func number(_ limit: Int64) -> Int64 { Int64.random(in: 0..<limit, using: &generator) }

    private mutating func chance(_ one: Int64) -> Bool { number(one) == 0 }
}

@Suite struct RandomHistoryTests {
    @Test(arguments: [(seed: 1, groups: 200, size: 100), (2, 400, 3), (3, 60, 20), (4, 500, 1)])
    func sqliteRemembersWhatMemoryRemembers(seed: UInt64, groups: Int, size: Int) throws {
        let folder = try TemporaryFolder()
        let memory = MemoryHubStore()
        let sqlite = try StoreUnderTest { try SQLiteHubStore(directory: folder.path, options: .fast) }
        var history = RandomHistory(seed: seed)
        for number in 1...groups {
            let group = try history.group(inserting: size)
            try memory.commit(group)
            try sqlite.store.commit(group)
            guard number % (groups / 8) == 0 else { continue }
            let expected = Recovered(try memory.recover())
            #expect(try sqlite.reopen() == expected)
            #expect(try sqlite.store.deadLetters == memory.deadLetters)
            #expect(try sqlite.store.slots == memory.slots)
            let (found, counts) = (try sqlite.store.statistics(), try memory.statistics())
            #expect(
                [found.messages, found.results, found.deadLetters, found.slots]
                    == [counts.messages, counts.results, counts.deadLetters, counts.slots]
            )
            let ids = (0..<997).map { "task-\($0)" }
            #expect(try sqlite.store.results(of: ids) == memory.results(of: ids))
        }
        let sequences = Array(history.sequences)
        let bodies = try sqlite.store.bodies(of: sequences)
        #expect(bodies.elementsEqual(try memory.bodies(of: sequences), by: ==))
        // The history must have left something to compare.
        #expect(!bodies.isEmpty && bodies.count < sequences.count)
        #expect(!memory.deadLetters.isEmpty && !memory.slots.isEmpty)
    }
}
