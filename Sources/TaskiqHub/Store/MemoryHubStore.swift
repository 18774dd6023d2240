// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq
import TaskiqHubProtocol

/// A store that forgets everything when its process ends: for simulations, and for hubs whose messages may be lost.
///
/// It can outlive the hub that uses it: the next one that recovers from it finds what the last one committed.
public final class MemoryHubStore: HubStore {
    private let tables: Mutex<MemoryTables>

    /// True: nothing is waited for.
    public var isImmediate: Bool { true }

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - retention: how much it keeps of what is over.
    ///   - outlivesHub: whether another hub may recover from it; if not, it keeps no keys of submissions, which only that
    ///     one would ask for.
    public init(retention: StoreRetention = StoreRetention(), outlivesHub: Bool = true) {
        tables = Mutex(MemoryTables(retention: retention, keepsKeys: outlivesHub))
    }

    /// Reads back what the last life of the hub left, and begins a new one.
    public func recover() throws -> RecoveredState {
        tables.withLock { $0.beginEpoch() }
    }

    /// Makes a group of changes.
    ///
    /// - Parameter group: the changes, in order.
    /// - Throws: `HubStoreError` if a message has the number of another; no change is made then.
    public func commit(_ group: StoreGroup) throws {
        try tables.withLock { tables in
            try tables.check(group)
            for operation in group.operations { tables.apply(operation) }
        }
    }

    /// Reads the bodies of messages that are not over.
    public func bodies(of sequences: [Int64]) throws -> [(sequence: Int64, body: StoredBody)] {
        tables.withLock { tables in
            sequences.compactMap { sequence in
                tables.messages[sequence].map { entry in
                    (sequence, entry.damage.map(StoredBody.damaged) ?? .intact(entry.message.body))
                }
            }
        }
    }

    /// Reads results.
    public func results(of taskIDs: [String]) throws -> [String: StoredBody] {
        tables.withLock { tables in
            var results: [String: StoredBody] = [:]
            for taskID in taskIDs {
                guard let newest = tables.newestResult(of: taskID) else { continue }
                results[taskID] = .intact(newest.outcome.body)
            }
            return results
        }
    }

    /// Looks whether a task has a result.
    public func hasResult(of taskID: String) throws -> Bool {
        tables.withLock { $0.newestResult(of: taskID) != nil }
    }

    /// Lists results, the one that was stored last first.
    public func results(_ page: StorePage) throws -> [StoredResultEntry] {
        tables.withLock { tables in
            page.rows(of: tables.results.sequences).compactMap { position in
                guard let row = tables.results[position] else { return nil }
                return StoredResultEntry(
                    position: position,
                    sequence: row.sequence,
                    taskID: row.outcome.taskID,
                    taskName: row.outcome.taskName,
                    isError: row.outcome.isError,
                    storedAt: row.outcome.storedAt,
                    expiresAt: row.outcome.expiresAt,
                    bodySize: row.outcome.body.count,
                    body: row.outcome.body.count > StoredResultEntry.maximumBody ? nil : .intact(row.outcome.body)
                )
            }
        }
    }

    /// Lists dead letters without their bodies, the highest number first.
    public func deadLetters(_ page: StorePage) throws -> [StoredDeadLetter] {
        tables.withLock { tables in
            page.rows(of: tables.deadLetters.keys).compactMap { sequence in
                var letter = tables.deadLetters[sequence]
                letter?.message.body = []
                return letter
            }
        }
    }

    /// Reads a dead letter with its body.
    public func deadLetter(sequence: Int64) throws -> StoredDeadLetter? {
        tables.withLock { $0.deadLetters[sequence] }
    }

    /// Reads the newest dead letter of a task with its body.
    public func deadLetter(taskID: String) throws -> StoredDeadLetter? {
        tables.withLock { tables in
            tables.deadLetters.values.filter { $0.message.taskID == taskID }
                .max { $0.message.sequence < $1.message.sequence }
        }
    }

    /// Counts what the store holds.
    public func statistics() throws -> StoreStatistics {
        tables.withLock { tables in
            StoreStatistics(
                messages: tables.messages.count,
                results: tables.results.count,
                submissionKeys: tables.keys.count,
                deadLetters: tables.deadLetters.count,
                quarantined: tables.quarantined.count,
                slots: tables.slots.count
            )
        }
    }

    /// There is no disk that could be full.
    public func diskState() -> DiskState { .ok }

    /// Refuses: there is nothing that could be opened again.
    ///
    /// - Throws: `HubStoreError` always.
    public func backup(to path: String) throws {
        throw HubStoreError(
            .unusable,
            "a store in memory has no copies; run the hub with durability full or normal to keep what it holds"
        )
    }

    /// Finds nothing: what is in memory is what was stored.
    public func scrub(from start: Int64, limit: Int) throws -> ScrubReport { ScrubReport() }

    /// Does nothing: there is nothing to close.
    public func close() {}
}

extension MemoryHubStore {
    /// The dead letters with their bodies, by their numbers.
    package var deadLetters: [StoredDeadLetter] {
        tables.withLock { tables in
            tables.deadLetters.values.sorted { $0.message.sequence < $1.message.sequence }
        }
    }

    /// The slots that were decided, in the order of their schedules' ids and their instants.
    package var slots: [StoredSlot] {
        tables.withLock { tables in
            tables.slots.values.sorted { first, second in
                (first.slot.scheduleID.rawValue, first.slot.instant)
                    < (second.slot.scheduleID.rawValue, second.slot.instant)
            }
        }
    }

    /// The messages that were put aside, and why.
    package var quarantined: [Int64: String] { tables.withLock { $0.quarantined } }

    /// Makes a body one that a test's disk has damaged.
    package func damage(_ sequence: Int64, reason: String) {
        tables.withLock { $0.messages[sequence]?.damage = reason }
    }
}

extension StorePage {
    /// The numbers of the rows on the page.
    fileprivate func rows(of numbers: some Sequence<Int64>) -> [Int64] {
        let newestFirst = numbers.filter { $0 < before ?? .max && $0 > after ?? .min }.sorted(by: >)
        return Array(after == nil ? newestFirst.prefix(limit) : newestFirst.suffix(limit))
    }
}
