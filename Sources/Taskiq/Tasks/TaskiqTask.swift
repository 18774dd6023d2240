// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A task as a type: its stored properties are the parameters, `run` is the body.
public protocol TaskiqTask: TaskContract {
    // Repeated on purpose: without it the compiler takes `Void` from the parent and never infers it from `run`.
    /// What the task returns.
    associatedtype Output = Void

    /// Does the work.
    ///
    /// - Parameter context: the message, the broker, and what a task may ask of its worker.
    /// - Returns: the result, which is sent back to whoever waits for it.
    /// - Throws: any error; it becomes the task's error result.
    @concurrent func run(context: Context) async throws -> Output
}
