// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import TaskiqHub
import TaskiqHubProtocol
import TestSupport

@testable import TaskiqSQLite

/// How many faults of a kind are tried: fewer than before a release, where nobody says otherwise.
func faultCount(_ usual: Int) -> Int {
    ProcessInfo.processInfo.environment["TASKIQ_FAULTS"].flatMap { Int($0) } ?? usual
}

extension SQLiteHubStoreOptions {
    /// The store as it is by default, but for what takes time or room in a test.
    static var durable: SQLiteHubStoreOptions {
        var options = SQLiteHubStoreOptions()
        options.disk.reserve = 0
        options.highWaterMarkCalls.synchronize = { _ in 0 }
        return options
    }
}

/// What a store remembers, but for what differs from life to life.
struct Memory: Equatable {
    var messages: [Recovered.Message]
    var results: [String: StoredBody]
    var letters: [StoredDeadLetter]

    init(_ store: any HubStore, taskIDs: [String]) throws {
        messages = Recovered(try store.recover()).messages
        results = try store.results(of: taskIDs)
        letters = try store.deadLetters(StorePage(limit: 1_000))
    }
}

/// The groups of a small hub, and what a store remembers after each.
struct FaultWorkload {
    let groups: [StoreGroup]
    let taskIDs: [String]
    /// What is remembered after so many groups; the first one is that of an empty store.
    let memories: [Memory]

    init(seed: UInt64, groups count: Int) throws {
        var random = SeededGenerator(seed: seed)
        var groups: [StoreGroup] = []
        var live: [Int64] = []
        var next: Int64 = 1
        for number in 1...count {
            var operations: [StoreOperation] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let size = random.chance(5) ? Int.random(in: 16_000...40_000, using: &random) : 40
                operations.append(.insert(message(next, size: size)))
                if random.chance(50) {
                    operations.append(.lease(LeaseKey(sequence: next, attempt: 1), worker: try peer(1)))
                }
                live.append(next)
                next += 1
            }
            while live.count > 6 {
                let sequence = live.remove(at: Int.random(in: live.indices, using: &random))
                let result = outcome("task-\(sequence)", "result of \(sequence)", expiresAt: 1_000_000)
                operations.append(
                    random.chance(20)
                        ? .bury(sequence: sequence, reason: "r", at: instant(1), result: result)
                        : .complete(sequence: sequence, result: result)
                )
            }
            groups.append(StoreGroup(number: Int64(number), operations: operations))
        }
        self.groups = groups
        let taskIDs = (1..<next).map { "task-\($0)" }
        self.taskIDs = taskIDs
        let memory = MemoryHubStore()
        memories =
            [try Memory(memory, taskIDs: taskIDs)]
            + (try groups.map { group in
                try memory.commit(group)
                return try Memory(memory, taskIDs: taskIDs)
            })
    }
}
