// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a worker says to the hub.
public enum WorkerCommand: Sendable, Hashable {
    /// Opens a session.
    case hello(WorkerHello)
    /// Tells which tasks it can run from now on, as JSON, and by what name that is known.
    case catalogue([UInt8], hash: String)
    /// How many deliveries it is willing to hold, in all.
    case credit(Int)
    /// These deliveries began to run.
    case started([LeaseKey])
    /// This delivery need not come again, whatever becomes of it.
    case acknowledge(LeaseKey)
    /// A delivery is over.
    case complete(Completion)
    /// A task that it runs is so far.
    case progress(taskID: String, ProgressReport)
    /// Answers a ping, with its correlation.
    case pong
    /// Is there, and holds so many deliveries.
    case heartbeat
    /// The oldest delivery that it has, in the order of their numbers, so that both sides notice when they disagree.
    case holding(oldest: LeaseKey?)
    /// Goes.
    case bye
}
