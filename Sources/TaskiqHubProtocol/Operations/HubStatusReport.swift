// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// How a hub is.
public struct HubStatusReport: Sendable, Hashable, Codable {
    /// The hub's version.
    public var version: String
    /// The version of the protocol that it speaks.
    public var protocolVersion: Int
    /// Which life of the hub this is.
    public var epoch: Int
    /// When this life began.
    public var startedAt: Timestamp
    /// What time the hub has.
    public var clock: Timestamp
    /// Whether it takes no more messages, as it is about to stop.
    public var isDraining: Bool
    /// How many messages wait or run, and how many may.
    public var messages: Int
    /// How many messages it takes.
    public var maximumMessages: Int
    /// How many wait for a worker.
    public var ready: Int
    /// How many wait for their time.
    public var delayed: Int
    /// How many a worker has.
    public var running: Int
    /// How many wait although no worker that is connected knows their task.
    public var unroutable: Int
    /// Some of these tasks, by name.
    public var unroutableTasks: [String]
    /// The queues of which nothing is delivered.
    public var pausedQueues: [String]
    /// How many workers are connected.
    public var workers: Int
    /// How many clients are.
    public var clients: Int
    /// How many events were left out because their readers were too slow, in this life.
    public var droppedEvents: Int
    /// The store.
    public var store: Store?

    /// How a hub's store is.
    public struct Store: Sendable, Hashable, Codable {
        /// The data directory.
        public var directory: String?
        /// What a committed group survives: full, normal or memory.
        public var durability: String?
        /// How many dead letters there are.
        public var deadLetters: Int?
        /// How many results are kept.
        public var results: Int?
        /// How many bytes the store's files have.
        public var bytes: Int64?
        /// How many bytes are free where the store is.
        public var freeBytes: Int64?
        /// What people should know of it.
        public var warnings: [String] = []

        private enum CodingKeys: String, CodingKey {
            case directory, durability
            case deadLetters = "dead_letters"
            case results, bytes
            case freeBytes = "free_bytes"
            case warnings
        }

        /// Makes a report that says nothing.
        public init() {}
    }

    private enum CodingKeys: String, CodingKey {
        case version
        case protocolVersion = "protocol"
        case epoch
        case startedAt = "started_at"
        case clock
        case isDraining = "draining"
        case messages
        case maximumMessages = "maximum_messages"
        case ready, delayed, running, unroutable
        case unroutableTasks = "unroutable_tasks"
        case pausedQueues = "paused_queues"
        case workers, clients
        case droppedEvents = "dropped_events"
        case store
    }

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - version: the hub's version.
    ///   - protocolVersion: the version of the protocol that it speaks.
    ///   - epoch: which life of the hub this is.
    ///   - startedAt: when this life began.
    ///   - clock: what time the hub has.
    public init(version: String, protocolVersion: Int, epoch: Int, startedAt: Timestamp, clock: Timestamp) {
        self.version = version
        self.protocolVersion = protocolVersion
        self.epoch = epoch
        self.startedAt = startedAt
        self.clock = clock
        isDraining = false
        messages = 0
        maximumMessages = 0
        ready = 0
        delayed = 0
        running = 0
        unroutable = 0
        unroutableTasks = []
        pausedQueues = []
        workers = 0
        clients = 0
        droppedEvents = 0
    }
}
