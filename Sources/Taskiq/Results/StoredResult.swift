// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The result of a task as it is stored: Python taskiq's six fields, the value not yet decoded.
public struct StoredResult: Sendable, Hashable {
    /// Whether the task failed.
    public var isError: Bool
    /// What was logged during the task; nil unless a middleware collects it.
    public var log: String?
    /// The return value; `null` when the task failed or returns nothing.
    public var returnValue: JSONFragment
    /// How long the task took.
    public var executionTime: Duration
    /// The labels of the message.
    public var labels: Labels
    /// What went wrong.
    public var error: TaskFailure?

    /// Makes a result.
    ///
    /// - Parameters:
    ///   - returnValue: what the task returned.
    ///   - executionTime: how long it took.
    ///   - labels: the labels of its message.
    public init(returnValue: JSONFragment, executionTime: Duration, labels: Labels = []) {
        isError = false
        self.returnValue = returnValue
        self.executionTime = executionTime
        self.labels = labels
    }

    /// Makes the result of a task that failed.
    ///
    /// - Parameters:
    ///   - error: what went wrong.
    ///   - executionTime: how long it took.
    ///   - labels: the labels of its message.
    public init(error: TaskFailure, executionTime: Duration, labels: Labels = []) {
        isError = true
        returnValue = .null
        self.executionTime = executionTime
        self.labels = labels
        self.error = error
    }
}
