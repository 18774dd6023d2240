// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
public import TaskiqHubProtocol

/// What a store remembers of the hub's earlier lives: everything but the bodies.
public struct RecoveredState: Sendable {
    /// A message that waits or was leased.
    public struct Message: Sendable {
        /// The message; its body is empty, and is read when it is needed.
        public var message: StoredMessage
        /// How many bytes the body has; 0 where that cannot be told without reading it.
        public var bodySize: Int
        /// Its last delivery; nil before the first.
        public var attempt: Int32
        /// How many deliveries ended in a crash.
        public var crashes: Int32
        /// Who held it when the hub died.
        public var worker: PeerIdentity?
        /// Whether it need not be delivered again.
        public var isAcknowledged: Bool
        /// The last delivery whose task ended without acknowledging; 0 when none did.
        public var unacknowledgedAttempt: Int32
        /// The result that such a delivery left.
        public var result: RetainedResult?
        /// What is wrong with its stored form; nil when nothing is, as far as could be seen without its body.
        public var damage: String?

        /// Makes a message.
        ///
        /// - Parameters:
        ///   - message: the message; its body is empty.
        ///   - bodySize: how many bytes the body has, 0 where that is not known.
        ///   - attempt: its last delivery, 0 before the first.
        ///   - crashes: how many deliveries ended in a crash.
        ///   - worker: who held it when the hub died.
        ///   - isAcknowledged: whether it need not be delivered again.
        ///   - unacknowledgedAttempt: the last delivery whose task ended without acknowledging, 0 when none did.
        ///   - result: the result that such a delivery left.
        public init(
            message: StoredMessage,
            bodySize: Int,
            attempt: Int32 = 0,
            crashes: Int32 = 0,
            worker: PeerIdentity? = nil,
            isAcknowledged: Bool = false,
            unacknowledgedAttempt: Int32 = 0,
            result: RetainedResult? = nil
        ) {
            self.message = message
            self.bodySize = bodySize
            self.attempt = attempt
            self.crashes = crashes
            self.worker = worker
            self.isAcknowledged = isAcknowledged
            self.unacknowledgedAttempt = unacknowledgedAttempt
            self.result = result
        }
    }

    /// Which life of the hub begins now.
    public var epoch: UInt64
    /// The first number that is free.
    public var nextSequence: Int64
    /// The messages, by their numbers.
    public var messages: [Message]
    /// The keys of submissions that may be repeated, with their messages.
    public var keys: [(key: SubmissionKey, sequence: Int64)]
    /// The catalogues that workers announced.
    public var catalogues: [TaskCatalogue]
    /// How far each schedule is decided.
    public var scheduleStates: [ScheduleID: ScheduleState]
    /// The queues that are paused.
    public var pausedQueues: Set<String>
    /// The messages whose tasks somebody wants to end and not to run again, and why.
    public var cancelling: [Int64: String]

    /// Makes a state.
    ///
    /// - Parameters:
    ///   - epoch: which life of the hub begins now.
    ///   - nextSequence: the first number that is free.
    ///   - messages: the messages, by their numbers.
    ///   - keys: the keys of submissions that may be repeated.
    ///   - catalogues: the catalogues that workers announced.
    ///   - scheduleStates: how far each schedule is decided.
    ///   - pausedQueues: the queues that are paused.
    ///   - cancelling: the messages whose tasks somebody wants to end, and why.
    public init(
        epoch: UInt64,
        nextSequence: Int64 = 1,
        messages: [Message] = [],
        keys: [(key: SubmissionKey, sequence: Int64)] = [],
        catalogues: [TaskCatalogue] = [],
        scheduleStates: [ScheduleID: ScheduleState] = [:],
        pausedQueues: Set<String> = [],
        cancelling: [Int64: String] = [:]
    ) {
        self.epoch = epoch
        self.nextSequence = nextSequence
        self.messages = messages
        self.keys = keys
        self.catalogues = catalogues
        self.scheduleStates = scheduleStates
        self.pausedQueues = pausedQueues
        self.cancelling = cancelling
    }
}
