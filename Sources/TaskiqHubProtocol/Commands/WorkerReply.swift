// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What the hub says to a worker.
public enum WorkerReply: Sendable, Hashable {
    /// The session is open.
    case welcome(WorkerWelcome)
    /// There will be no session.
    case reject(message: String)
    /// Run this.
    case task(TaskDelivery)
    /// The acknowledgement is stored, or the delivery is no longer the worker's.
    case acknowledged(LeaseVerdict)
    /// Outcomes are stored, or judged.
    case completed([LeaseVerdict])
    /// Somebody wants this delivery cancelled: cooperatively, and its end is reported as any other.
    case cancel(LeaseKey, reason: String)
    /// Take no more, finish, and go.
    case drain
    /// Answer with a pong of the same correlation.
    case ping
    /// Is there.
    case heartbeat
    /// The session is not known; open one.
    case resync
    /// A frame could not be understood.
    case error(message: String)
    /// Goodbye.
    case byeOK
}

/// How the hub greets a worker.
public struct WorkerWelcome: Sendable, Hashable {
    /// What the hub thinks of each delivery that the worker named.
    public var verdicts: [LeaseVerdict]
    /// Whether the hub does not know the catalogue yet.
    public var wantsCatalogue: Bool

    /// Makes a greeting.
    ///
    /// - Parameters:
    ///   - verdicts: what the hub thinks of each delivery that the worker named.
    ///   - wantsCatalogue: whether the hub does not know the catalogue yet.
    public init(verdicts: [LeaseVerdict], wantsCatalogue: Bool) {
        self.verdicts = verdicts
        self.wantsCatalogue = wantsCatalogue
    }
}
