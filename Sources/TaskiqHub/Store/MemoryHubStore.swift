// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq
package import TaskiqCron
import TaskiqHubProtocol

/// A store that forgets everything when its process ends: for simulations, and for experiments without a disk.
///
/// It outlives the hub that uses it: the next one that recovers from it finds what the last one committed.
public final class MemoryHubStore: HubStore {
    /// How many results and keys one `forget` removes at most.
    private static let forgottenAtOnce = 5_000

    private let tables = Mutex(Tables())

    /// Makes an empty store.
    public init() {}

    /// Reads back what the last life of the hub left, and begins a new one.
    public func recover() throws -> RecoveredState {
        tables.withLock { tables in tables.beginEpoch() }
    }

    /// Makes a group of changes.
    ///
    /// - Parameter group: the changes, in order.
    /// - Throws: `HubStoreError` if a message has the number of another; no change is made then.
    public func commit(_ group: StoreGroup) throws {
        try tables.withLock { tables in
            try tables.check(group)
            for operation in group.operations { tables.apply(operation, forgottenAtOnce: Self.forgottenAtOnce) }
        }
    }

    /// Reads the bodies of messages that are not over.
    public func bodies(of sequences: [Int64]) throws -> [(sequence: Int64, body: [UInt8])] {
        tables.withLock { tables in
            sequences.compactMap { sequence in
                tables.messages[sequence].map { (sequence, $0.message.body) }
            }
        }
    }

    /// Reads results.
    public func results(of taskIDs: [String]) throws -> [String: [UInt8]] {
        tables.withLock { tables in
            var results: [String: [UInt8]] = [:]
            for taskID in taskIDs {
                guard let newest = tables.resultsByTask[taskID]?.max() else { continue }
                results[taskID] = tables.results[newest]?.body
            }
            return results
        }
    }

    /// Looks whether a task has a result.
    public func hasResult(of taskID: String) throws -> Bool {
        tables.withLock { $0.resultsByTask[taskID] != nil }
    }

    /// Does nothing: there is nothing to close.
    public func close() {}
}

extension MemoryHubStore {
    /// A message that was given up.
    package struct DeadLetter: Sendable, Hashable {
        /// The message, with its body and without its key.
        package var message: StoredMessage
        /// How many deliveries it had.
        package var attempts: Int32
        /// How many of them ended in a crash.
        package var crashes: Int32
        /// Why it was given up.
        package var reason: String
        /// When it was given up.
        package var deadAt: Timestamp

        package init(message: StoredMessage, attempts: Int32, crashes: Int32, reason: String, deadAt: Timestamp) {
            self.message = message
            self.attempts = attempts
            self.crashes = crashes
            self.reason = reason
            self.deadAt = deadAt
        }
    }

    /// The dead letters, by their numbers.
    package var deadLetters: [DeadLetter] {
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
}

private struct Tables {
    var epoch: UInt64 = 0
    var nextSequence: Int64 = 1
    var messages: [Int64: RecoveredState.Message] = [:]
    var keys: [PeerIdentity: (key: SubmissionKey, sequence: Int64)] = [:]
    var results: [Int64: StoredOutcome] = [:]
    var resultsByTask: [String: Set<Int64>] = [:]
    var deadLetters: [Int64: MemoryHubStore.DeadLetter] = [:]
    var catalogues: [String: [UInt8]] = [:]
    var slots: [Slot: StoredSlot] = [:]
    var scheduleStates: [ScheduleID: ScheduleState] = [:]

    mutating func beginEpoch() -> RecoveredState {
        epoch += 1
        let keys = keys.values.sorted { first, second in
            first.sequence == second.sequence
                ? first.key.key.bytes.lexicographicallyPrecedes(second.key.key.bytes)
                : first.sequence < second.sequence
        }
        var keysBySequence: [Int64: SubmissionKey] = [:]
        for (key, sequence) in keys where keysBySequence[sequence] == nil { keysBySequence[sequence] = key }
        let messages = messages.values.sorted { $0.message.sequence < $1.message.sequence }.map { message in
            var message = message
            message.message.body = []
            message.message.key = keysBySequence[message.message.sequence]
            message.result = results[message.message.sequence].map { result in
                RetainedResult(isError: result.isError, expiresAt: result.expiresAt)
            }
            return message
        }
        return RecoveredState(
            epoch: epoch,
            nextSequence: nextSequence,
            messages: messages,
            keys: keys,
            catalogues: catalogues.sorted { $0.key < $1.key }.compactMap { try? TaskCatalogue(json: $0.value) },
            scheduleStates: scheduleStates
        )
    }

    func check(_ group: StoreGroup) throws {
        var inserted: Set<Int64> = []
        for case .insert(let message) in group.operations {
            guard messages[message.sequence] == nil, inserted.insert(message.sequence).inserted else {
                throw HubStoreError(.failed, "the number \(message.sequence) was given to two messages")
            }
        }
    }

    mutating func apply(_ operation: StoreOperation, forgottenAtOnce limit: Int) {
        switch operation {
        case .insert(let message):
            messages[message.sequence] = RecoveredState.Message(message: message)
            if let key = message.key { keys[key.key] = (key, message.sequence) }
            if message.sequence < .max { nextSequence = max(nextSequence, message.sequence + 1) }
        case .lease(let key, let worker):
            messages[key.sequence]?.attempt = key.attempt
            messages[key.sequence]?.worker = worker
        case .release(let sequence, let crashes, let dueAt):
            messages[sequence]?.worker = nil
            messages[sequence]?.crashes = crashes
            messages[sequence]?.message.dueAt = dueAt
        case .acknowledge(let sequence):
            messages[sequence]?.isAcknowledged = true
        case .retain(let key, let result):
            retain(key, result: result)
        case .complete(let sequence, let result):
            end(sequence, result: result)
        case .bury(let sequence, let reason, let instant, let result):
            bury(sequence, reason: reason, at: instant)
            end(sequence, result: result)
        case .dropResults(let taskID):
            for sequence in resultsByTask[taskID] ?? [] { forgetResult(sequence) }
        case .reserveSequences(let limit):
            nextSequence = max(nextSequence, limit)
        case .forget(let instant):
            forget(expiredBefore: instant, atMost: limit)
        case .catalogue(let application, let json, _):
            catalogues[application] = json
        case .slot(let slot):
            if slots[slot.slot] == nil { slots[slot.slot] = slot }
        case .scheduleState(let id, let state):
            scheduleStates[id] = state
        }
    }

    private mutating func retain(_ key: LeaseKey, result: StoredOutcome?) {
        guard messages[key.sequence] != nil else { return }
        messages[key.sequence]?.unacknowledgedAttempt = key.attempt
        keep(result, of: key.sequence)
    }

    private mutating func end(_ sequence: Int64, result: StoredOutcome?) {
        guard messages.removeValue(forKey: sequence) != nil else { return }
        keep(result, of: sequence)
    }

    private mutating func keep(_ result: StoredOutcome?, of sequence: Int64) {
        guard let result else { return }
        forgetResult(sequence)
        results[sequence] = result
        resultsByTask[result.taskID, default: []].insert(sequence)
    }

    private mutating func bury(_ sequence: Int64, reason: String, at instant: Timestamp) {
        guard var message = messages[sequence] else { return }
        message.message.key = nil
        message.message.dueAt = nil
        deadLetters[sequence] = MemoryHubStore.DeadLetter(
            message: message.message,
            attempts: message.attempt,
            crashes: message.crashes,
            reason: reason,
            deadAt: instant
        )
    }

    /// Those that expired first go first, so that a limit leaves the same rows as in any other store.
    private mutating func forget(expiredBefore instant: Timestamp, atMost limit: Int) {
        let expired = results.filter { $0.value.expiresAt < instant }
            .sorted { ($0.value.expiresAt, $0.key) < ($1.value.expiresAt, $1.key) }
            .prefix(limit)
        for (sequence, _) in expired { forgetResult(sequence) }
        let repeated = keys.values.filter { $0.key.until < instant }
            .sorted { first, second in
                first.key.until == second.key.until
                    ? first.key.key.bytes.lexicographicallyPrecedes(second.key.key.bytes)
                    : first.key.until < second.key.until
            }
            .prefix(limit - expired.count)
        for (key, _) in repeated { keys[key.key] = nil }
    }

    private mutating func forgetResult(_ sequence: Int64) {
        guard let result = results.removeValue(forKey: sequence) else { return }
        resultsByTask[result.taskID]?.remove(sequence)
        if resultsByTask[result.taskID]?.isEmpty == true { resultsByTask[result.taskID] = nil }
    }
}
