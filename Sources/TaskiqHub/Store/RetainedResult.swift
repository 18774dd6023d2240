// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// What is known of a stored result whose message is not over: its task ended without acknowledging.
public struct RetainedResult: Sendable, Hashable {
    /// Whether the task failed.
    public var isError: Bool
    /// Until when the result is kept.
    public var expiresAt: Timestamp

    /// Describes a result.
    ///
    /// - Parameters:
    ///   - isError: whether the task failed.
    ///   - expiresAt: until when the result is kept.
    public init(isError: Bool, expiresAt: Timestamp) {
        self.isError = isError
        self.expiresAt = expiresAt
    }
}
