// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol

/// Makes the changes of one group, inside its transaction.
///
/// A change of a message that is not there is left out: it was made by an earlier life of the hub. What it knows of the
/// rows (how many there are, which numbers come next) is right as long as no group failed.
struct GroupWriter {
    /// Bodies above this many bytes have a row of their own.
    ///
    /// A row above 4 KiB is spread over several pages anyway; from about four of them on, a copy of the body costs more
    /// than another row does.
    static let largeBody = 16 * 1024

    /// How many rows there are.
    private(set) var counts: StoreStatistics
    /// How many groups were made in all lives of the store.
    private(set) var groupNumber: Int64
    private var nextResult: Int64
    private var hasLargeBodies: Bool
    /// The results that deliveries left which were not acknowledged, by their messages.
    private var retained: [Int64: Int64] = [:]
    private var forgetting: Forgetting

    private let insertMessage: PreparedStatement
    private let insertBody: PreparedStatement
    private let insertSubmission: PreparedStatement
    private let lease: PreparedStatement
    private let release: PreparedStatement
    private let acknowledge: PreparedStatement
    private let retain: PreparedStatement
    private let bury: PreparedStatement
    private let quarantineMessage: PreparedStatement
    private let quarantineNothing: PreparedStatement
    private let deleteMessage: PreparedStatement
    private let deleteBody: PreparedStatement
    private let deleteLease: PreparedStatement
    private let insertResult: PreparedStatement
    private let deleteResult: PreparedStatement
    private let forgetSubmissions: PreparedStatement
    private let dropResults: PreparedStatement
    private let dropDeadLetter: PreparedStatement
    private let updateMeta: PreparedStatement
    private let cancel: PreparedStatement
    private let endCancellation: PreparedStatement
    private let pauseQueue: PreparedStatement
    private let resumeQueue: PreparedStatement
    private let upsertCatalogue: PreparedStatement
    private let insertSlot: PreparedStatement
    private let upsertScheduleState: PreparedStatement

    /// Prepares the statements, and looks where the last group ended.
    init(_ database: Database, retention: StoreRetention) throws {
        insertMessage = try PreparedStatement(database, GroupSQL.insertMessage)
        insertBody = try PreparedStatement(database, GroupSQL.insertBody)
        insertSubmission = try PreparedStatement(database, GroupSQL.insertSubmission)
        lease = try PreparedStatement(database, GroupSQL.lease)
        release = try PreparedStatement(database, GroupSQL.release)
        acknowledge = try PreparedStatement(database, GroupSQL.acknowledge)
        retain = try PreparedStatement(database, GroupSQL.retain)
        bury = try PreparedStatement(database, GroupSQL.bury)
        quarantineMessage = try PreparedStatement(database, GroupSQL.quarantineMessage)
        quarantineNothing = try PreparedStatement(database, GroupSQL.quarantineNothing)
        deleteMessage = try PreparedStatement(database, GroupSQL.deleteMessage)
        deleteBody = try PreparedStatement(database, GroupSQL.deleteBody)
        deleteLease = try PreparedStatement(database, GroupSQL.deleteLease)
        insertResult = try PreparedStatement(database, GroupSQL.insertResult)
        deleteResult = try PreparedStatement(database, GroupSQL.deleteResult)
        forgetSubmissions = try PreparedStatement(database, GroupSQL.forgetSubmissions)
        dropResults = try PreparedStatement(database, GroupSQL.dropResults)
        dropDeadLetter = try PreparedStatement(database, GroupSQL.dropDeadLetter)
        updateMeta = try PreparedStatement(database, GroupSQL.updateMeta)
        cancel = try PreparedStatement(database, GroupSQL.cancel)
        endCancellation = try PreparedStatement(database, GroupSQL.endCancellation)
        pauseQueue = try PreparedStatement(database, GroupSQL.pauseQueue)
        resumeQueue = try PreparedStatement(database, GroupSQL.resumeQueue)
        upsertCatalogue = try PreparedStatement(database, GroupSQL.upsertCatalogue)
        insertSlot = try PreparedStatement(database, GroupSQL.insertSlot)
        upsertScheduleState = try PreparedStatement(database, GroupSQL.upsertScheduleState)
        forgetting = try Forgetting(database, retention: retention)
        counts = StoreStatistics()
        (groupNumber, nextResult, hasLargeBodies) = (0, 1, false)
        try look(database)
    }

    private mutating func look(_ database: Database) throws {
        var meta: (group: Int64, result: Int64)?
        try PreparedStatement(database, "SELECT group_number, next_result FROM meta").rows { row in
            meta = (row.integer(0), row.integer(1))
        }
        if let meta { (groupNumber, nextResult) = meta }
        var found = counts
        let select = """
            SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM result), (SELECT count(*) FROM submission), \
            (SELECT count(*) FROM dead_letter), (SELECT count(*) FROM quarantine), (SELECT count(*) FROM slot), \
            EXISTS (SELECT 1 FROM body)
            """
        var hasBodies = false
        try PreparedStatement(database, select).rows { row in
            found.messages = Int(row.integer(0))
            found.results = Int(row.integer(1))
            found.submissionKeys = Int(row.integer(2))
            found.deadLetters = Int(row.integer(3))
            found.quarantined = Int(row.integer(4))
            found.slots = Int(row.integer(5))
            hasBodies = row.integer(6) != 0
        }
        (counts, hasLargeBodies) = (found, hasBodies)
        var left: [Int64: Int64] = [:]
        try PreparedStatement(database, "SELECT sequence, result FROM lease WHERE result IS NOT NULL").rows { row in
            left[row.integer(0)] = row.integer(1)
        }
        retained = left
    }

    /// Counts the beginning of a life as a group.
    mutating func beginLife() {
        groupNumber += 1
    }

    /// Makes changes, in order.
    mutating func apply(_ operations: [StoreOperation]) throws {
        var sequenceLimit: Int64 = 0
        var leases = FirstLeases(operations)
        for operation in operations {
            switch operation {
            case .insert(let message):
                try insert(message, leases[message.sequence])
                // No number comes again, even if the hub reserved none and nothing is left of the message.
                if message.sequence < .max { sequenceLimit = max(sequenceLimit, message.sequence + 1) }
            case .lease(let key, let worker):
                if leases.take(key, worker) { continue }
                try lease.run(key.sequence, key.attempt, worker)
            case .reserveSequences(let limit):
                sequenceLimit = max(sequenceLimit, limit)
            default:
                try apply(operation)
            }
        }
        groupNumber += 1
        try updateMeta.run(groupNumber, nextResult, sequenceLimit, Int64(counts.messages))
    }

    private mutating func apply(_ operation: StoreOperation) throws {
        switch operation {
        case .insert, .lease, .reserveSequences: break
        case .release(let sequence, let crashes, let dueAt):
            try release.run(sequence, crashes, dueAt)
        case .acknowledge(let sequence):
            try acknowledge.run(sequence)
        case .retain(let key, let result):
            try keep(key, result: result)
        case .complete(let sequence, let result):
            try end(sequence, result: result, keepsBody: false)
        case .bury(let sequence, let reason, let instant, let result):
            counts.deadLetters += try bury.run(sequence, reason, instant)
            try end(sequence, result: result, keepsBody: true)
        case .quarantine(let sequence, let reason, let instant, let result):
            try quarantine(sequence, reason: reason, at: instant, result: result)
        case .dropDeadLetters(let sequences):
            for sequence in sequences {
                let dropped = try dropDeadLetter.run(sequence)
                counts.deadLetters -= dropped
                if dropped > 0, hasLargeBodies { try deleteBody.run(sequence) }
            }
        case .cancel(let sequence, let reason?): try cancel.run(sequence, reason)
        case .cancel(let sequence, nil): try endCancellation.run(sequence)
        case .queue(let name, let isPaused):
            try (isPaused ? pauseQueue : resumeQueue).run(name)
        case .forgetSubmissions(let limit):
            counts.submissionKeys -= try forgetSubmissions.run(limit)
        case .dropResults(let taskID):
            counts.results -= try dropResults.run(taskID)
        case .forget(let instant):
            try forgetting.forget(expiredBefore: instant, &counts)
        case .catalogue(let application, let json, let instant):
            try upsertCatalogue.run(application, json, instant)
        case .slot(let row):
            let slot = row.slot
            counts.slots += try insertSlot.run(
                slot.scheduleID.rawValue,
                slot.instant,
                row.decidedAt,
                row.sequence,
                row.reason
            )
        case .scheduleState(let id, let state):
            try upsertScheduleState.run(id.rawValue, state.cursor, state.fingerprint)
        }
    }

    private mutating func insert(_ message: StoredMessage, _ lease: FirstLeases.Lease?) throws {
        let isLarge = message.body.count > Self.largeBody
        try insertMessage.run(
            message.sequence,
            message.queue,
            message.taskName,
            message.taskID,
            message.priority,
            message.isFenced,
            message.enqueuedAt,
            message.dueAt,
            message.expiresAt,
            message.scheduleID,
            message.scheduledAt,
            message.uniqueKey,
            lease?.attempt ?? 0,
            lease?.worker,
            RowChecksum.of(message),
            isLarge ? nil : message.body
        )
        counts.messages += 1
        if isLarge {
            try insertBody.run(message.sequence, message.body)
            hasLargeBodies = true
        }
        guard let key = message.key else { return }
        try insertSubmission.run(message.sequence, key.key, key.bodyHash, key.until)
        counts.submissionKeys += 1
    }

    private mutating func end(_ sequence: Int64, result: StoredOutcome?, keepsBody: Bool) throws {
        guard try deleteMessage.run(sequence) > 0 else { return }
        counts.messages -= 1
        try deleteLease.run(sequence)
        if hasLargeBodies, !keepsBody { try deleteBody.run(sequence) }
        let old = retained.isEmpty ? nil : retained.removeValue(forKey: sequence)
        guard let result else { return }
        if let old { counts.results -= try deleteResult.run(old) }
        _ = try store(result, of: sequence)
    }

    private mutating func keep(_ key: LeaseKey, result: StoredOutcome?) throws {
        guard try retain.run(key.sequence, key.attempt, result == nil ? nil : nextResult) > 0, let result else {
            return
        }
        if let old = retained[key.sequence] { counts.results -= try deleteResult.run(old) }
        retained[key.sequence] = try store(result, of: key.sequence)
    }

    private mutating func quarantine(
        _ sequence: Int64,
        reason: String,
        at instant: Timestamp,
        result: StoredOutcome?
    ) throws {
        counts.quarantined += 1
        if try quarantineMessage.run(sequence, reason, instant) > 0 {
            try end(sequence, result: result, keepsBody: true)
        } else {
            // Nothing is left of its row, and yet the hub had it.
            try quarantineNothing.run(sequence, reason, instant)
            if let result { _ = try store(result, of: sequence) }
        }
    }

    private mutating func store(_ result: StoredOutcome, of sequence: Int64) throws -> Int64 {
        let id = nextResult
        nextResult += 1
        try insertResult.run(
            id,
            sequence,
            result.taskID,
            result.taskName,
            result.isError,
            result.storedAt,
            result.expiresAt,
            RowChecksum.of(result, of: sequence),
            result.body
        )
        counts.results += 1
        return id
    }
}
