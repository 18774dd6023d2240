// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// What a worker says to the hub.
public enum WorkerCommand: Sendable, Hashable {
    /// Opens a session.
    case hello(WorkerHello)
    /// Tells which tasks it can run, as JSON.
    case catalogue([UInt8])
    /// How many deliveries it is willing to hold, in all.
    case credit(Int)
    /// These deliveries began to run.
    case started([LeaseKey])
    /// This delivery need not come again, whatever becomes of it.
    case acknowledge(LeaseKey)
    /// A delivery is over.
    case complete(Completion)
    /// Is there, and holds so many deliveries.
    case heartbeat
    /// Goes.
    case bye
}

/// How a worker introduces itself.
public struct WorkerHello: Sendable, Hashable {
    /// The oldest version of the protocol it speaks.
    public var protocolMinimum: UInt16 = ProtocolLimits.version
    /// The newest version of the protocol it speaks.
    public var protocolMaximum: UInt16 = ProtocolLimits.version
    /// Who it is: one identity for one life of one process.
    public var identity: PeerIdentity
    /// The program's name.
    public var application: String
    /// The machine's name.
    public var host: String
    /// The process on that machine.
    public var processID: Int64
    /// The queues it serves.
    public var queues: [String]
    /// How many tasks it runs at a time.
    public var concurrency: Int
    /// Names the catalogue, so that it need not be sent each time.
    public var catalogueHash: String
    /// The deliveries that it holds, running or waiting to.
    public var inFlight: [LeaseKey] = []
    /// Those of them that began to run.
    public var started: [LeaseKey] = []
    /// The deliveries that are over, but not yet confirmed.
    public var unconfirmed: [LeaseKey] = []

    /// Makes a greeting.
    ///
    /// - Parameters:
    ///   - identity: who it is.
    ///   - application: the program's name.
    ///   - host: the machine's name.
    ///   - processID: the process on that machine.
    ///   - queues: the queues it serves.
    ///   - concurrency: how many tasks it runs at a time.
    ///   - catalogueHash: names the catalogue.
    public init(
        identity: PeerIdentity,
        application: String,
        host: String,
        processID: Int64,
        queues: [String],
        concurrency: Int,
        catalogueHash: String
    ) {
        self.identity = identity
        self.application = application
        self.host = host
        self.processID = processID
        self.queues = queues
        self.concurrency = concurrency
        self.catalogueHash = catalogueHash
    }
}

/// How a delivery ended.
public struct Completion: Sendable, Hashable {
    /// The ways to end.
    public enum Outcome: UInt8, Sendable {
        /// The task returned; the body is its result.
        case ok = 1
        /// The task failed; the body is its result.
        case error = 2
        /// The task ended and wants nothing stored.
        case noResult = 3
        /// The task wants to run again; the body is the new message.
        case requeue = 4
        /// The task, or the worker, refuses the message; the body, if any, is a result.
        case reject = 5
        /// The task was never started.
        case release = 6
    }

    /// The delivery.
    public var lease: LeaseKey
    /// How it ended.
    public var outcome: Outcome
    /// How long it ran, in microseconds.
    public var executionTime: Int64 = 0
    /// Milliseconds to wait before a requeued message may be delivered.
    public var delay: Int64 = 0
    /// Why it was refused.
    public var reason: String = ""
    /// The result, or the message to be delivered next.
    public var body: [UInt8]

    /// Describes an end.
    ///
    /// - Parameters:
    ///   - lease: the delivery.
    ///   - outcome: how it ended.
    ///   - body: the result, or the message to be delivered next.
    public init(lease: LeaseKey, outcome: Outcome, body: [UInt8] = []) {
        self.lease = lease
        self.outcome = outcome
        self.body = body
    }
}

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

/// A message on its way to a worker.
public struct TaskDelivery: Sendable, Hashable {
    /// The delivery.
    public var lease: LeaseKey
    /// The queue it came from.
    public var queue: String
    /// When the hub accepted it.
    public var enqueuedAt: Timestamp
    /// Whether an earlier delivery was started and did not end.
    public var isRedelivered: Bool
    /// The encoded message.
    public var body: [UInt8]

    /// Makes a delivery.
    ///
    /// - Parameters:
    ///   - lease: the delivery.
    ///   - queue: the queue it came from.
    ///   - enqueuedAt: when the hub accepted it.
    ///   - isRedelivered: whether an earlier delivery was started and did not end.
    ///   - body: the encoded message.
    public init(lease: LeaseKey, queue: String, enqueuedAt: Timestamp, isRedelivered: Bool, body: [UInt8]) {
        self.lease = lease
        self.queue = queue
        self.enqueuedAt = enqueuedAt
        self.isRedelivered = isRedelivered
        self.body = body
    }
}
