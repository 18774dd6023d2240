// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
public import TaskiqCron
public import TaskiqHubProtocol

/// One change of a hub's store.
public enum StoreOperation: Sendable {
    /// A message is accepted.
    case insert(StoredMessage)
    /// A message goes to a worker: written before it is sent, so that the count survives a crash that it causes.
    case lease(LeaseKey, worker: PeerIdentity)
    /// A worker no longer holds a message; so many of its deliveries have ended in a crash.
    case release(sequence: Int64, crashes: Int32, dueAt: Timestamp?)
    /// A message need not be delivered again if its worker dies.
    case acknowledge(sequence: Int64)
    /// Somebody wants the task of a message that runs to end, and not to run again; nil when that is over.
    case cancel(sequence: Int64, reason: String?)
    /// A task ended without acknowledging its message: its result is kept, the message and its lease stay.
    case retain(LeaseKey, result: StoredOutcome?)
    /// A message is over.
    case complete(sequence: Int64, result: StoredOutcome?)
    /// A message goes to the dead letters, with the body it has.
    case bury(sequence: Int64, reason: String, at: Timestamp, result: StoredOutcome?)
    /// A message goes where nobody delivers it, as its stored form is damaged.
    case quarantine(sequence: Int64, reason: String, at: Timestamp, result: StoredOutcome?)
    /// Dead letters were put back or are not wanted any more.
    case dropDeadLetters([Int64])
    /// A queue is paused, or goes on.
    case queue(name: String, isPaused: Bool)
    /// The keys of submissions of messages below this number are not asked for any more.
    case forgetSubmissions(below: Int64)
    /// The results of a task were read, and nobody else will.
    case dropResults(taskID: String)
    /// Numbers below this one may be in use; the next life of the hub begins there.
    case reserveSequences(below: Int64)
    /// Results that nobody fetched in time, and keys of submissions that nobody will repeat, are forgotten.
    case forget(expiredBefore: Timestamp)
    /// An application announced its tasks.
    case catalogue(application: String, json: [UInt8], at: Timestamp)
    /// A slot was decided.
    case slot(StoredSlot)
    /// A schedule is decided up to a cursor.
    case scheduleState(ScheduleID, ScheduleState)
}
