// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How far a running task is, as it says itself.
public struct TaskProgress: Sendable, Hashable {
    /// The stage it is in.
    public var state: TaskState
    /// Anything else: a percentage, a text, an object.
    public var meta: JSONFragment?

    /// Says how far a task is.
    ///
    /// - Parameters:
    ///   - state: the stage it is in.
    ///   - meta: anything else, as JSON.
    public init(state: TaskState, meta: JSONFragment? = nil) {
        self.state = state
        self.meta = meta
    }
}
