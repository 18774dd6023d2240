// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// What people may want to know of a hub's doings.
public enum HubNotice: Sendable {
    /// A worker is there and can be given work.
    case workerJoined(name: String, tasks: Int)
    /// A worker said goodbye.
    case workerLeft(name: String)
    /// A worker is lost; so many of its deliveries go to others.
    case workerLost(name: String, redelivered: Int, reason: String)
    /// A message went to the dead letters.
    case deadLetter(taskID: String, taskName: String, reason: String)
    /// A message waits and no worker knows its task.
    case unroutable(taskID: String, taskName: String, queue: String)
    /// A peer was refused, or sent what could not be understood.
    case peerProblem(String)
    /// A task ended.
    case runEnded(RunReport)
}

/// How one run of a task went.
public struct RunReport: Sendable, Hashable {
    /// The message's identity.
    public var taskID: String
    /// The task's name.
    public var taskName: String
    /// The schedule that sent it.
    public var scheduleID: String?
    /// The instant that it was sent for.
    public var scheduledAt: Timestamp?
    /// When it began to run, as far as the hub was told.
    public var startedAt: Timestamp
    /// How long it ran, in microseconds.
    public var executionTime: Int64
    /// Which delivery it was, from 1.
    public var attempt: Int32
    /// Whether it failed.
    public var isError: Bool
    /// The result as the worker wrote it; empty when there is none.
    public var result: [UInt8]
}
