// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The stage a task says it is in: one of Python's four, or any other text.
public struct TaskState: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    /// The text as it travels.
    public let rawValue: String

    /// It runs.
    public static let started = TaskState(rawValue: "STARTED")
    /// It failed.
    public static let failure = TaskState(rawValue: "FAILURE")
    /// It did its work.
    public static let success = TaskState(rawValue: "SUCCESS")
    /// It will run again.
    public static let retry = TaskState(rawValue: "RETRY")

    /// Names a stage.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Names a stage.
    public init(stringLiteral value: String) {
        rawValue = value
    }
}
