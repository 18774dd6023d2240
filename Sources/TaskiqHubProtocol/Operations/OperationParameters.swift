// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// What operations are told; each looks at those that it knows, and docs/protocol.md says which these are.
public struct OperationParameters: Sendable, Hashable, Codable {
    /// Tasks, by their ids.
    public var taskIDs: [String]?
    /// The name of a task.
    public var taskName: String?
    /// A queue.
    public var queue: String?
    /// The state of tasks.
    public var state: TaskReport.State?
    /// Workers, by their names or the beginnings of their ids.
    public var workers: [String]?
    /// Whether all are meant, where naming none must not mean that.
    public var all: Bool?
    /// Why, for people.
    public var reason: String?
    /// How many at most.
    public var limit: Int?
    /// After which element a page begins: the `next` of the page before.
    public var after: String?
    /// Up to where the first of several calls went: its `until`.
    public var until: String?
    /// Kinds of events.
    public var kinds: [String]?
    /// How long a worker may take to answer, in milliseconds.
    public var timeout: Int64?
    /// A path on the hub's machine.
    public var path: String?
    /// What time the caller has.
    public var clock: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case taskIDs = "task_ids"
        case taskName = "task_name"
        case queue, state, workers, all, reason, limit, after, until, kinds
        case timeout = "timeout_ms"
        case path, clock
    }

    /// Makes parameters that say nothing.
    public init() {}
}
