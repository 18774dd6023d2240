// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol

@testable import TaskiqSQLite

/// An instant so many milliseconds after the one that all tests begin at.
func instant(_ milliseconds: Int64) -> Timestamp {
    Timestamp(millisecondsSinceEpoch: 1_763_834_148_000 + milliseconds)
}

/// A peer whose sixteen bytes end in a number.
func peer(_ number: Int) throws -> PeerIdentity {
    let digits = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    guard let peer = PeerIdentity([UInt8](repeating: 7, count: 8) + digits) else { throw FixtureError() }
    return peer
}

struct FixtureError: Error {}

/// A message that waits, with a body that tells it from others.
func message(_ sequence: Int64, taskID: String? = nil, key: SubmissionKey? = nil) -> StoredMessage {
    var message = StoredMessage(
        sequence: sequence,
        queue: "default",
        taskName: "reports:render",
        taskID: taskID ?? "task-\(sequence)",
        priority: UInt8(sequence % 10),
        enqueuedAt: instant(sequence),
        body: Array("body of \(sequence)".utf8)
    )
    message.key = key
    return message
}

/// A message whose body has so many bytes.
func message(_ sequence: Int64, size: Int) -> StoredMessage {
    var message = message(sequence)
    let rest = (0..<size).lazy.map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(sequence)) }
    message.body = Array((Array("body of \(sequence) ".utf8) + rest).prefix(size))
    return message
}

func outcome(_ taskID: String, _ text: String, isError: Bool = false, expiresAt: Int64 = 1_000) -> StoredOutcome {
    StoredOutcome(taskID: taskID, isError: isError, expiresAt: instant(expiresAt), body: Array(text.utf8))
}

func slot(_ schedule: String, _ milliseconds: Int64) -> Slot {
    Slot(scheduleID: ScheduleID(rawValue: schedule), instant: instant(milliseconds))
}

extension HubStore {
    /// Commits operations as a group.
    func commit(_ operations: StoreOperation...) throws {
        try commit(StoreGroup(number: 1, operations: operations))
    }

    func result(of taskID: String) throws -> String? {
        try results(of: [taskID])[taskID]?.bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension SQLiteHubStoreOptions {
    /// For tests that do not ask what survives a power cut.
    static var fast: SQLiteHubStoreOptions {
        var options = SQLiteHubStoreOptions(durability: .memory)
        options.disk.reserve = 0
        return options
    }
}

/// A recovered state that can be compared.
struct Recovered: Equatable {
    struct Message: Equatable {
        var message: StoredMessage
        var bodySize: Int
        var attempt: Int32
        var crashes: Int32
        var worker: PeerIdentity?
        var isAcknowledged: Bool
        var unacknowledgedAttempt: Int32
        var result: RetainedResult?
        var damage: String?
    }

    struct Key: Equatable {
        var key: SubmissionKey
        var sequence: Int64
    }

    var epoch: UInt64
    var nextSequence: Int64
    var messages: [Message]
    var keys: [Key]
    var catalogues: [TaskCatalogue]
    var scheduleStates: [ScheduleID: ScheduleState]
    var pausedQueues: Set<String>
    var cancelling: [Int64: String]

    init(_ state: RecoveredState) {
        epoch = state.epoch
        nextSequence = state.nextSequence
        messages = state.messages.map { entry in
            Message(
                message: entry.message,
                bodySize: entry.bodySize,
                attempt: entry.attempt,
                crashes: entry.crashes,
                worker: entry.worker,
                isAcknowledged: entry.isAcknowledged,
                unacknowledgedAttempt: entry.unacknowledgedAttempt,
                result: entry.result,
                damage: entry.damage
            )
        }
        keys = state.keys.map { Key(key: $0.key, sequence: $0.sequence) }
        catalogues = state.catalogues
        scheduleStates = state.scheduleStates
        pausedQueues = state.pausedQueues
        cancelling = state.cancelling
    }
}
