// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol

/// A store on a simulated disk: keeps what was committed, and watches that no group breaks a rule.
struct SimulatedStore {
    /// A message that is neither over nor buried.
    struct Live {
        var message: StoredMessage
        var attempt: Int32 = 0
        var crashes: Int32 = 0
        var worker: PeerIdentity?
        /// Who had it last.
        var lastWorker: PeerIdentity?
        /// The hub's life in which it came; bodies of earlier ones have to be read first.
        var life: Int
        var isAcknowledged = false
        /// The hub's life in which it was told to wait after a crash.
        var pausedIn: Int?
        /// The last delivery whose task ended without acknowledging.
        var unacknowledgedAttempt: Int32 = 0
    }

    let memory = MemoryHubStore()
    private(set) var live: [Int64: Live] = [:]
    private(set) var ended: Set<Int64> = []
    private(set) var results: [String: [UInt8]] = [:]
    /// The tasks whose result is a failure.
    private var failures: Set<String> = []
    /// The deliveries whose task ended without acknowledging.
    private(set) var retained: Set<LeaseKey> = []
    /// The numbers that each message had: more than one when its task asked to run again.
    private(set) var sequences: [String: [Int64]] = [:]
    private(set) var buried: [String: String] = [:]
    /// The tasks that may be too late.
    private(set) var expiring: Set<String> = []
    /// The deliveries that were given back.
    private(set) var released: Set<LeaseKey> = []
    private(set) var life = 0
    /// Whether this life of the hub has all bodies in memory.
    var holdsAllBodies = true
    /// How many deliveries the hub's life had, and how many of them went to the oldest message rather than the most urgent.
    private var deliveries = 0
    private var agedDeliveries = 0
    private var keys: Set<PeerIdentity> = []
    private var slots: [Slot: StoredSlot] = [:]
    private var cursors: [ScheduleID: Timestamp] = [:]

    /// Reads everything back for a new life of the hub.
    mutating func beginLife() throws -> RecoveredState {
        life += 1
        (deliveries, agedDeliveries) = (0, 0)
        let recovered = try memory.recover()
        guard Set(recovered.messages.map(\.message.sequence)) == Set(live.keys) else {
            throw BrokenRule("the store does not remember the messages that are live")
        }
        return recovered
    }

    /// Commits a group.
    ///
    /// - Parameters:
    ///   - group: the changes.
    ///   - wall: the latest instant that the wall clock has shown.
    /// - Throws: `BrokenRule`.
    mutating func apply(_ group: StoreGroup, at wall: Timestamp) throws {
        do {
            try memory.commit(group)
        } catch {
            throw BrokenRule("the store refused a group: \(error)")
        }
        for (index, operation) in group.operations.enumerated() {
            try apply(operation, before: group.operations.dropFirst(index + 1), wall)
        }
    }

    /// Whether a delivery is its message's last, and lies with this worker.
    func holds(_ lease: LeaseKey, _ worker: PeerIdentity) -> Bool {
        live[lease.sequence].map { $0.attempt == lease.attempt && $0.worker == worker } ?? false
    }

    /// The slots of a schedule, in the order of their instants.
    func slots(of schedule: ScheduleID) -> [StoredSlot] {
        slots.values.filter { $0.slot.scheduleID == schedule }.sorted { $0.slot.instant < $1.slot.instant }
    }

    private mutating func apply(
        _ operation: StoreOperation,
        before rest: ArraySlice<StoreOperation>,
        _ wall: Timestamp
    ) throws {
        switch operation {
        case .insert(let message): try insert(message)
        case .lease(let lease, let worker): try take(lease, worker, wall)
        case .release(let sequence, let crashes, let dueAt):
            guard let message = live[sequence] else { throw BrokenRule("\(sequence) is released after its end") }
            released.insert(LeaseKey(sequence: sequence, attempt: message.attempt))
            live[sequence]?.worker = nil
            live[sequence]?.message.dueAt = dueAt
            live[sequence]?.pausedIn = dueAt == nil ? nil : life
            // Crashes that a message takes over from the one before it count as deliveries of its own.
            live[sequence]?.attempt = max(message.attempt, crashes)
            guard crashes >= message.crashes - 1 else { throw BrokenRule("\(sequence) forgets its crashes") }
            live[sequence]?.crashes = crashes
        case .acknowledge(let sequence):
            guard live[sequence]?.worker != nil else { throw BrokenRule("\(sequence) is acknowledged by nobody") }
            live[sequence]?.isAcknowledged = true
        case .retain(let lease, let result):
            guard let message = live[lease.sequence], message.attempt == lease.attempt, message.worker != nil else {
                throw BrokenRule("\(lease) is kept, and nobody holds it")
            }
            guard message.unacknowledgedAttempt < lease.attempt else { throw BrokenRule("\(lease) ended twice") }
            live[lease.sequence]?.unacknowledgedAttempt = lease.attempt
            retained.insert(lease)
            try keep(result, isRetained: true)
        case .complete(let sequence, let result):
            let wasRetained = live[sequence]?.unacknowledgedAttempt ?? 0 > 0
            if let result, let message = live[sequence], message.message.isFenced {
                let isCurrent = String(decoding: result.body, as: UTF8.self).hasSuffix("delivery \(message.attempt)")
                guard isCurrent else { throw BrokenRule("\(sequence) is fenced, and ended by an earlier delivery") }
            }
            let message = try end(sequence)
            let successor = rest.first { operation in
                if case .insert(let next) = operation { next.taskID == message.taskID } else { false }
            }
            let kind = SimulatedTask(body: message.body)?.kind
            if result == nil, successor == nil, kind != .silent, !wasRetained {
                throw BrokenRule("\(message.taskID) ended without a result")
            }
            try keep(result, isRetained: wasRetained)
        case .bury(let sequence, let reason, _, let result):
            let attempt = live[sequence]?.attempt ?? 0
            if reason.hasPrefix("expired") {
                let isLate = live[sequence]?.message.expiresAt.map { $0 <= wall } ?? false
                guard isLate, live[sequence]?.worker == nil else { throw BrokenRule("\(sequence) expired too early") }
            }
            let wasRetained = live[sequence]?.unacknowledgedAttempt ?? 0 > 0
            let message = try end(sequence)
            if reason.hasPrefix("poison"), attempt < 3 {
                throw BrokenRule("\(message.taskID) was called poison after \(attempt) deliveries")
            }
            guard buried.updateValue(reason, forKey: message.taskID) == nil else {
                throw BrokenRule("\(message.taskID) was buried twice")
            }
            try keep(result, isRetained: wasRetained)
        case .quarantine(let sequence, let reason, _, _):
            throw BrokenRule("\(sequence) was put aside on a disk that damages nothing: \(reason)")
        case .slot(let slot):
            guard slots.updateValue(slot, forKey: slot.slot) == nil else {
                throw BrokenRule("\(slot.slot) was decided twice")
            }
        case .scheduleState(let id, let state):
            if let cursor = cursors[id], state.cursor < cursor { throw BrokenRule("the cursor of \(id) went back") }
            cursors[id] = state.cursor
        case .cancel, .reserveSequences, .forget, .forgetSubmissions, .catalogue, .dropResults, .dropDeadLetters,
            .queue:
            break
        }
    }

    private mutating func insert(_ message: StoredMessage) throws {
        if let key = message.key, !keys.insert(key.key).inserted {
            throw BrokenRule("\(message.taskID) was enqueued twice for one submission")
        }
        if let last = sequences[message.taskID]?.last {
            let task = SimulatedTask(body: message.body)
            guard ended.contains(last), task?.isSecond == true || task?.kind == .killsBetween else {
                throw BrokenRule("\(message.taskID) was enqueued twice")
            }
        }
        if let key = message.uniqueKey, live.values.contains(where: { $0.message.uniqueKey == key }) {
            throw BrokenRule("\(message.taskID) is not the only one with the key \(key)")
        }
        if message.expiresAt != nil { expiring.insert(message.taskID) }
        live[message.sequence] = Live(message: message, life: life)
        sequences[message.taskID, default: []].append(message.sequence)
    }

    private mutating func take(_ lease: LeaseKey, _ worker: PeerIdentity, _ wall: Timestamp) throws {
        guard let message = live[lease.sequence] else { throw BrokenRule("\(lease) is given away after its end") }
        if let holder = message.worker {
            throw BrokenRule("\(lease) is given to \(worker) while \(holder) holds \(message.attempt)")
        }
        // Each delivery has the next number, unless the last one goes on after all.
        let goesOn = lease.attempt == message.attempt && message.lastWorker == worker
        guard goesOn || lease.attempt == message.attempt + 1 else {
            throw BrokenRule("\(lease) comes after \(message.attempt)")
        }
        if !goesOn {
            try checkTurn(of: message, wall)
            try checkCredit(of: worker, for: message)
        }
        // It has not crashed after all.
        if goesOn { live[lease.sequence]?.crashes = max(0, message.crashes - 1) }
        live[lease.sequence]?.attempt = lease.attempt
        live[lease.sequence]?.worker = worker
        live[lease.sequence]?.lastWorker = worker
    }

    /// It is due, and nothing of its queue that is more urgent waits.
    ///
    /// Operations come in the order in which the hub decided, so what is live now is what it could choose from. Messages
    /// of its earlier lives, whose bodies must be read first, may be overtaken meanwhile; delayed ones come about now.
    private mutating func checkTurn(of chosen: Live, _ wall: Timestamp) throws {
        let message = chosen.message
        deliveries += 1
        // A pause after a crash is measured by uptime for as long as the hub lives.
        let isDue = chosen.pausedIn == life || message.dueAt.map { $0 <= wall } ?? true
        if !isDue { throw BrokenRule("\(message.sequence) is delivered too early") }
        // What may be poison runs alone, when there is a worker for it. What has to be read first may be overtaken.
        guard chosen.crashes < 2, holdsAllBodies else { return }
        let others = live.values.filter { other in
            other.worker == nil && other.life == life && other.message.dueAt == nil && other.crashes < 2
                && other.message.queue == message.queue && other.message.sequence != message.sequence
        }
        let overtaken = others.first { other in
            (message.priority, other.message.sequence) < (other.message.priority, message.sequence)
        }
        guard let overtaken else { return }
        // Every sixteenth may go to the oldest of all, so that nothing waits for ever.
        agedDeliveries += 1
        let isOldest = others.allSatisfy { $0.message.sequence > message.sequence }
        guard isOldest, agedDeliveries <= deliveries / 16 + 1 else {
            throw BrokenRule("\(message.sequence) is delivered before \(overtaken.message.sequence)")
        }
    }

    /// It holds no more than it asked for, this one among them; those whose task has ended take no room.
    ///
    /// What may be poison runs alone.
    private func checkCredit(of worker: PeerIdentity, for chosen: Live) throws {
        let held = live.values.filter { $0.worker == worker && $0.unacknowledgedAttempt < $0.attempt }
        guard held.count < SimulatedWorker.credit else { throw BrokenRule("\(worker) is given more than it asked for") }
        guard held.isEmpty || chosen.crashes < 2 else {
            throw BrokenRule("\(chosen.message.sequence) does not run alone")
        }
        if let suspect = held.first(where: { $0.crashes >= 2 }) {
            throw BrokenRule(
                "\(chosen.message.sequence) is given to the worker that runs \(suspect.message.sequence) alone"
            )
        }
    }

    private mutating func end(_ sequence: Int64) throws -> StoredMessage {
        guard let message = live.removeValue(forKey: sequence) else { throw BrokenRule("\(sequence) ended twice") }
        ended.insert(sequence)
        return message.message
    }

    private mutating func keep(_ outcome: StoredOutcome?, isRetained: Bool) throws {
        guard let outcome else { return }
        let isFirst = results.updateValue(outcome.body, forKey: outcome.taskID) == nil
        // A run that did not acknowledge may have failed, and the next one may do better.
        let isBetter = isRetained && failures.contains(outcome.taskID) && !outcome.isError
        guard isFirst || isBetter else { throw BrokenRule("the result of \(outcome.taskID) was overwritten") }
        if outcome.isError { failures.insert(outcome.taskID) } else { failures.remove(outcome.taskID) }
    }
}
