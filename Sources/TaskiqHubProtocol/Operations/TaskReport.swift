// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
public import TaskiqCron

/// What a hub knows of a task.
public struct TaskReport: Sendable, Hashable, Codable {
    /// Where a task is.
    public struct State: RawRepresentable, Sendable, Hashable, Codable {
        /// The word as it travels.
        public let rawValue: String

        /// Waits for a worker.
        public static let waiting = State(rawValue: "waiting")
        /// Waits for its time.
        public static let delayed = State(rawValue: "delayed")
        /// A worker has it.
        public static let running = State(rawValue: "running")
        /// Has ended, and was to acknowledge by itself, which it may still do.
        public static let unacknowledged = State(rawValue: "unacknowledged")
        /// Has ended well; its result is kept.
        public static let succeeded = State(rawValue: "succeeded")
        /// Has failed; its result is kept.
        public static let failed = State(rawValue: "failed")
        /// Is a dead letter.
        public static let dead = State(rawValue: "dead")

        /// The states of tasks that are not over.
        public static let live: [State] = [waiting, delayed, running, unacknowledged]

        /// Takes any word.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }
    }

    /// The message's identity.
    public var taskID: String
    /// The task's name; nil when only a result is left of it.
    public var taskName: String?
    /// Where it is.
    public var state: State
    /// The queue.
    public var queue: String?
    /// Whether that queue is paused.
    public var isPaused: Bool?
    /// Whether it waits and no worker that is connected knows it.
    public var isUnroutable: Bool?
    /// Why it is being cancelled; nil if it is not.
    public var cancelling: String?
    /// Priority 0 to 9.
    public var priority: Int?
    /// How often it was delivered.
    public var attempts: Int?
    /// How many of the deliveries ended in a crash.
    public var crashes: Int?
    /// When the hub accepted it.
    public var enqueuedAt: Timestamp?
    /// When it may be delivered.
    public var dueAt: Timestamp?
    /// The worker that has it.
    public var worker: String?
    /// When it began to run, as far as the hub was told.
    public var startedAt: Timestamp?
    /// The schedule that sent it.
    public var scheduleID: String?
    /// The instant that it was sent for.
    public var scheduledAt: Timestamp?
    /// How far it is, as it said last.
    public var progress: Progress?
    /// Why it is a dead letter.
    public var reason: String?
    /// When it ended.
    public var endedAt: Timestamp?

    /// How far a task is.
    public struct Progress: Sendable, Hashable, Codable {
        /// The stage it is in.
        public var state: String
        /// Anything else.
        public var meta: JSONFragment?

        /// Describes how far a task is.
        ///
        /// - Parameters:
        ///   - state: the stage it is in.
        ///   - meta: anything else.
        public init(state: String, meta: JSONFragment?) {
            self.state = state
            self.meta = meta
        }
    }

    private enum CodingKeys: String, CodingKey {
        case taskID = "task_id"
        case taskName = "task_name"
        case state, queue
        case isPaused = "paused"
        case isUnroutable = "unroutable"
        case cancelling, priority, attempts, crashes
        case enqueuedAt = "enqueued_at"
        case dueAt = "due_at"
        case worker
        case startedAt = "started_at"
        case scheduleID = "schedule_id"
        case scheduledAt = "scheduled_at"
        case progress, reason
        case endedAt = "ended_at"
    }

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - taskID: the message's identity.
    ///   - state: where the task is.
    public init(taskID: String, state: State) {
        self.taskID = taskID
        self.state = state
    }
}
