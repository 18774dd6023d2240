// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import HeapModule
import Taskiq
import TaskiqCron
import TaskiqHubProtocol

/// What a store in memory holds, as its rows.
struct MemoryTables {
    /// A message that waits or runs.
    struct Entry {
        var message: StoredMessage
        var attempt: Int32 = 0
        var crashes: Int32 = 0
        var worker: PeerIdentity?
        var isAcknowledged = false
        var unacknowledgedAttempt: Int32 = 0
        /// The position of the result that a delivery left which was not acknowledged.
        var retained: Int64?
        var damage: String?

        mutating func lease(to worker: PeerIdentity, _ attempt: Int32) {
            self.attempt = attempt
            self.worker = worker
        }
    }

    struct ResultRow {
        var sequence: Int64
        /// The position of the result before it of a task with the same id.
        var previous: Int64?
        var outcome: StoredOutcome
    }

    /// When a row's time is over.
    struct Expiry: Comparable {
        var at: Int64
        var number: Int64

        static func < (left: Expiry, right: Expiry) -> Bool {
            (left.at, left.number) < (right.at, right.number)
        }
    }

    /// How many rows one `forget` removes at most.
    private static let forgottenAtOnce = 5_000

    let retention: StoreRetention
    private let keepsKeys: Bool
    private(set) var epoch: UInt64 = 0
    private(set) var nextSequence: Int64 = 1
    private(set) var nextResult: Int64 = 1
    /// The highest number that a message had.
    private var highestSequence: Int64 = .min
    var messages = SequenceTable<Entry>()
    private(set) var keys: [PeerIdentity: (key: SubmissionKey, sequence: Int64)] = [:]
    /// The keys as they came, which is the order of their messages' numbers and of their ends; some were used again
    /// since.
    private var keyLog: Deque<(key: PeerIdentity, until: Int64, sequence: Int64)> = []
    private(set) var results = SequenceTable<ResultRow>()
    /// The position of each task's last result.
    private var resultsByTask = TaskIndex()
    /// When results are over, with their positions; some were dropped since.
    private var resultsByTime = Heap<Expiry>()
    private(set) var deadLetters: [Int64: StoredDeadLetter] = [:]
    private(set) var quarantined: [Int64: String] = [:]
    private(set) var catalogues: [String: [UInt8]] = [:]
    private(set) var slots: [Slot: StoredSlot] = [:]
    private(set) var scheduleStates: [ScheduleID: ScheduleState] = [:]
    private(set) var pausedQueues: Set<String> = []
    private(set) var cancelling: [Int64: String] = [:]

    init(retention: StoreRetention, keepsKeys: Bool = true) {
        self.retention = retention
        self.keepsKeys = keepsKeys
    }

    mutating func beginEpoch() -> RecoveredState {
        epoch += 1
        let keys = keys.values.sorted { $0.sequence < $1.sequence }
        let keysBySequence = Dictionary(keys.map { ($0.sequence, $0.key) }) { _, last in last }
        let messages = messages.values.sorted { $0.message.sequence < $1.message.sequence }.map { entry in
            var message = entry.message
            message.body = []
            message.key = keysBySequence[message.sequence]
            return RecoveredState.Message(
                message: message,
                bodySize: entry.message.body.count,
                attempt: entry.attempt,
                crashes: entry.crashes,
                worker: entry.worker,
                isAcknowledged: entry.isAcknowledged,
                unacknowledgedAttempt: entry.unacknowledgedAttempt,
                result: entry.retained.flatMap { results[$0] }.map { row in
                    RetainedResult(isError: row.outcome.isError, expiresAt: row.outcome.expiresAt)
                }
            )
        }
        return RecoveredState(
            epoch: epoch,
            nextSequence: nextSequence,
            messages: messages,
            keys: keys,
            catalogues: catalogues.sorted { $0.key < $1.key }.compactMap { try? TaskCatalogue(json: $0.value) },
            scheduleStates: scheduleStates,
            pausedQueues: pausedQueues,
            cancelling: cancelling
        )
    }

    func check(_ group: StoreGroup) throws {
        // Numbers are given in order, so this is seldom more than a comparison for each.
        var last = highestSequence
        var isOrdered = true
        for case .insert(let message) in group.operations {
            if message.sequence <= last { isOrdered = false }
            last = message.sequence
        }
        if isOrdered { return }
        var inserted: Set<Int64> = []
        for case .insert(let message) in group.operations {
            guard !messages.contains(message.sequence), inserted.insert(message.sequence).inserted else {
                throw HubStoreError(.failed, "the number \(message.sequence) was given to two messages")
            }
        }
    }

    func newestResult(of taskID: String) -> ResultRow? {
        var newest: ResultRow?
        var position = resultsByTask[TaskKey(taskID)]
        while let place = position, let row = results[place] {
            if newest.map({ $0.sequence < row.sequence }) ?? true { newest = row }
            position = row.previous
        }
        return newest
    }

    mutating func apply(_ operation: StoreOperation) {
        switch operation {
        case .insert(let message): insert(message)
        case .lease(let key, let worker):
            messages[key.sequence]?.lease(to: worker, key.attempt)
        case .release(let sequence, let crashes, let dueAt):
            messages[sequence]?.worker = nil
            messages[sequence]?.crashes = crashes
            messages[sequence]?.message.dueAt = dueAt
        case .acknowledge(let sequence):
            messages[sequence]?.isAcknowledged = true
        case .cancel(let sequence, let reason): cancelling[sequence] = reason
        case .retain(let key, let result):
            retain(key, result: result)
        case .complete(let sequence, let result):
            end(sequence, result: result)
        case .bury(let sequence, let reason, let instant, let result):
            bury(sequence, reason: reason, at: instant)
            end(sequence, result: result)
        case .quarantine(let sequence, let reason, _, let result):
            quarantined[sequence] = reason
            if !messages.contains(sequence), let result { keep(result, of: sequence) }
            end(sequence, result: result)
        case .dropDeadLetters(let sequences):
            for sequence in sequences { deadLetters[sequence] = nil }
        case .queue(let name, let isPaused):
            if isPaused { pausedQueues.insert(name) } else { pausedQueues.remove(name) }
        case .forgetSubmissions(let limit):
            while let first = keyLog.first, first.sequence < limit { forgetKey(keyLog.removeFirst()) }
        case .dropResults(let taskID):
            var position = resultsByTask.removeValue(forKey: TaskKey(taskID))
            while let place = position { position = results.removeValue(forKey: place)?.previous }
        case .reserveSequences(let limit):
            nextSequence = max(nextSequence, limit)
        case .forget(let instant):
            forget(expiredBefore: instant)
        case .catalogue(let application, let json, _):
            catalogues[application] = json
        case .slot(let slot):
            if slots[slot.slot] == nil { slots[slot.slot] = slot }
        case .scheduleState(let id, let state):
            scheduleStates[id] = state
        }
    }

    private mutating func insert(_ message: StoredMessage) {
        messages[message.sequence] = Entry(message: message)
        highestSequence = max(highestSequence, message.sequence)
        if message.sequence < .max { nextSequence = max(nextSequence, message.sequence + 1) }
        guard keepsKeys, let key = message.key else { return }
        keys[key.key] = (key, message.sequence)
        keyLog.append((key.key, key.until.millisecondsSinceEpoch, message.sequence))
    }

    /// Forgets a key, unless it was used again for another message.
    private mutating func forgetKey(_ logged: (key: PeerIdentity, until: Int64, sequence: Int64)) {
        if let known = keys[logged.key], known.sequence == logged.sequence { keys[logged.key] = nil }
    }

    private mutating func retain(_ key: LeaseKey, result: StoredOutcome?) {
        guard let entry = messages[key.sequence] else { return }
        messages[key.sequence]?.unacknowledgedAttempt = key.attempt
        guard let result else { return }
        if let old = entry.retained { forgetResult(old) }
        let position = keep(result, of: key.sequence)
        messages[key.sequence]?.retained = position
    }

    private mutating func end(_ sequence: Int64, result: StoredOutcome?) {
        guard let entry = messages.removeValue(forKey: sequence), let result else { return }
        if let old = entry.retained { forgetResult(old) }
        keep(result, of: sequence)
    }

    @discardableResult
    private mutating func keep(_ result: StoredOutcome, of sequence: Int64) -> Int64 {
        let position = nextResult
        nextResult += 1
        let task = TaskKey(result.taskID)
        let previous = resultsByTask[task]
        resultsByTask[task] = position
        results[position] = ResultRow(sequence: sequence, previous: previous, outcome: result)
        resultsByTime.insert(Expiry(at: result.expiresAt.millisecondsSinceEpoch, number: position))
        return position
    }

    private mutating func bury(_ sequence: Int64, reason: String, at instant: Timestamp) {
        guard let entry = messages[sequence] else { return }
        var message = entry.message
        message.key = nil
        message.dueAt = nil
        var letter = StoredDeadLetter(
            message: message,
            attempts: entry.attempt,
            crashes: entry.crashes,
            reason: reason,
            deadAt: instant
        )
        letter.damage = entry.damage
        deadLetters[sequence] = letter
    }

    private mutating func forgetResult(_ position: Int64) {
        guard let row = results.removeValue(forKey: position) else { return }
        let task = TaskKey(row.outcome.taskID)
        guard resultsByTask[task] != position else {
            resultsByTask[task] = row.previous
            return
        }
        // Not the last one of its task: the one after it leads on to the one before it.
        var next = resultsByTask[task]
        while let place = next, let later = results[place] {
            if later.previous == position { results[place]?.previous = row.previous }
            next = later.previous
        }
    }
}

extension MemoryTables {
    /// Those whose time was over first go first, so that a limit leaves the same rows as in any other store.
    private mutating func forget(expiredBefore instant: Timestamp) {
        var room = Self.forgottenAtOnce
        let now = instant.millisecondsSinceEpoch
        while room > 0, let first = resultsByTime.min, first.at < now || results.count > retention.maximumResults {
            resultsByTime.removeMin()
            guard results.contains(first.number) else { continue }
            forgetResult(first.number)
            room -= 1
        }
        while room > 0, let first = keyLog.first, first.until < now {
            forgetKey(keyLog.removeFirst())
            room -= 1
        }
        forgetSlots(before: instant, atMost: room)
        forgetDeadLetters(before: instant, atMost: room)
        // Entries of results that were dropped would stay until their time is over.
        if resultsByTime.count > 2 * results.count + 10_000 {
            resultsByTime = Heap(
                results.sequences.compactMap { position in
                    results.look(at: position) { row in
                        Expiry(at: row.outcome.expiresAt.millisecondsSinceEpoch, number: position)
                    }
                }
            )
        }
    }

    private mutating func forgetSlots(before instant: Timestamp, atMost limit: Int) {
        let oldest = instant.adding(.zero - retention.slotAge)
        guard slots.count > retention.maximumSlots || slots.values.contains(where: { $0.decidedAt < oldest }) else {
            return
        }
        var excess = slots.count - retention.maximumSlots
        for row in slots.values.sorted(by: { $0.decidedAt < $1.decidedAt }).prefix(limit) {
            guard excess > 0 || row.decidedAt < oldest else { break }
            slots[row.slot] = nil
            excess -= 1
        }
    }

    private mutating func forgetDeadLetters(before instant: Timestamp, atMost limit: Int) {
        let oldest = retention.deadLetterAge.map { instant.adding(.zero - $0) } ?? .earliest
        guard
            deadLetters.count > retention.maximumDeadLetters
                || deadLetters.values.contains(where: { $0.deadAt < oldest })
        else { return }
        var excess = deadLetters.count - retention.maximumDeadLetters
        for sequence in deadLetters.keys.sorted().prefix(limit) {
            guard excess > 0 || deadLetters[sequence].map({ $0.deadAt < oldest }) == true else { continue }
            deadLetters[sequence] = nil
            excess -= 1
        }
    }
}
