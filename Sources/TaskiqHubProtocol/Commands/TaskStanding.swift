// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What the hub knows of a task without its result's body.
public struct TaskStanding: Sendable, Hashable {
    /// The message's identity.
    public var taskID: String
    /// Whether there is a result.
    public var status: ResultStatus
    /// How far it is, as it said last.
    public var progress: ProgressReport?

    /// Describes a task.
    ///
    /// - Parameters:
    ///   - taskID: the message's identity.
    ///   - status: whether there is a result.
    ///   - progress: how far it is, as it said last.
    public init(taskID: String, status: ResultStatus, progress: ProgressReport? = nil) {
        self.taskID = taskID
        self.status = status
        self.progress = progress
    }
}
