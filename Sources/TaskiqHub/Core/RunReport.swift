// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

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
