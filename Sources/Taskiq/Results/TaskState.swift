// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How far a task has come, by its own account: one of Python taskiq's four words, or any other.
public struct TaskState: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral {
    /// The word as it travels.
    public let rawValue: String

    /// The task has begun.
    public static let started = TaskState(rawValue: "STARTED")
    /// The task failed.
    public static let failure = TaskState(rawValue: "FAILURE")
    /// The task succeeded.
    public static let success = TaskState(rawValue: "SUCCESS")
    /// The task will be tried again.
    public static let retry = TaskState(rawValue: "RETRY")

    /// Takes any word.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Takes any word.
    public init(stringLiteral value: String) {
        rawValue = value
    }
}

extension TaskState: CustomStringConvertible {
    /// The word itself.
    public var description: String { rawValue }
}
