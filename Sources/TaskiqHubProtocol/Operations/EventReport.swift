// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// Something that happened at a hub.
public struct EventReport: Sendable, Hashable, Codable {
    /// What kinds of things happen.
    public struct Kind: RawRepresentable, Sendable, Hashable, Codable, CaseIterable {
        /// The word as it travels.
        public let rawValue: String

        /// A message was accepted.
        public static let taskAccepted = Kind(rawValue: "task.accepted")
        /// A task began to run.
        public static let taskStarted = Kind(rawValue: "task.started")
        /// A task ended well.
        public static let taskSucceeded = Kind(rawValue: "task.succeeded")
        /// A task failed.
        public static let taskFailed = Kind(rawValue: "task.failed")
        /// A task was cancelled while it waited, or its worker was asked to cancel it.
        public static let taskCancelled = Kind(rawValue: "task.cancelled")
        /// A message went to the dead letters.
        public static let taskDead = Kind(rawValue: "task.dead")
        /// A message waits, and no worker that is connected knows its task.
        public static let taskUnroutable = Kind(rawValue: "task.unroutable")
        /// A message went where nobody delivers it, as its stored form is damaged.
        public static let taskQuarantined = Kind(rawValue: "task.quarantined")
        /// A result that was stored is damaged.
        public static let resultDamaged = Kind(rawValue: "result.damaged")
        /// A dead letter was put back to its queue.
        public static let taskRevived = Kind(rawValue: "task.revived")
        /// A worker is there and can be given work.
        public static let workerJoined = Kind(rawValue: "worker.joined")
        /// A worker said goodbye.
        public static let workerLeft = Kind(rawValue: "worker.left")
        /// A worker is lost.
        public static let workerLost = Kind(rawValue: "worker.lost")
        /// A worker was told to take no more.
        public static let workerDraining = Kind(rawValue: "worker.draining")
        /// A queue was paused.
        public static let queuePaused = Kind(rawValue: "queue.paused")
        /// A queue was resumed.
        public static let queueResumed = Kind(rawValue: "queue.resumed")
        /// What waited in a queue was ended.
        public static let queuePurged = Kind(rawValue: "queue.purged")
        /// Dead letters were forgotten.
        public static let deadDropped = Kind(rawValue: "dead.dropped")
        /// A peer was refused, or sent what could not be understood.
        public static let peerProblem = Kind(rawValue: "peer.problem")

        /// All of them.
        public static let allCases: [Kind] = [
            taskAccepted, taskStarted, taskSucceeded, taskFailed, taskCancelled, taskDead, taskQuarantined,
            resultDamaged, taskUnroutable, taskRevived, workerJoined, workerLeft, workerLost, workerDraining,
            queuePaused, queueResumed, queuePurged, deadDropped,
            peerProblem,
        ]

        /// Takes any word.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }
    }

    /// What happened.
    public var kind: Kind
    /// When.
    public var at: Timestamp
    /// The message's identity.
    public var taskID: String?
    /// The task's name.
    public var taskName: String?
    /// The queue.
    public var queue: String?
    /// The worker's name.
    public var worker: String?
    /// Which delivery it was, from 1.
    public var attempt: Int?
    /// How long the task ran, in microseconds.
    public var executionTime: Int64?
    /// The schedule that sent it.
    public var scheduleID: String?
    /// How many it concerns.
    public var count: Int?
    /// Why, or what; for people.
    public var reason: String?

    private enum CodingKeys: String, CodingKey {
        case kind, at
        case taskID = "task_id"
        case taskName = "task_name"
        case queue, worker, attempt
        case executionTime = "execution_time_us"
        case scheduleID = "schedule_id"
        case count, reason
    }

    /// Makes an event.
    ///
    /// - Parameters:
    ///   - kind: what happened.
    ///   - at: when.
    public init(_ kind: Kind, at: Timestamp) {
        self.kind = kind
        self.at = at
    }
}
