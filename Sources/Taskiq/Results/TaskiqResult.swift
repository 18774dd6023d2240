// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The outcome of a task, with its value decoded.
public struct TaskiqResult<Output: Sendable>: Sendable {
    /// What the task returned, or what went wrong.
    public var outcome: Result<Output, TaskFailure>
    /// How long the task took.
    public var executionTime: Duration
    /// The labels of the message.
    public var labels: Labels
    /// What was logged during the task, if it was asked for.
    public var log: String?

    /// Whether the task failed.
    public var isError: Bool {
        if case .failure = outcome { true } else { false }
    }

    /// The value.
    ///
    /// - Returns: what the task returned.
    /// - Throws: the `TaskFailure` that ended the task.
    public func get() throws(TaskFailure) -> Output {
        try outcome.get()
    }

    init(_ stored: StoredResult, coder: OutputCoder<Output>, keepsLog: Bool) throws(TaskiqError) {
        if stored.isError {
            outcome = .failure(stored.error ?? TaskFailure(type: "Error", message: "the task failed without a reason"))
        } else {
            do {
                outcome = .success(try coder.decode(stored.returnValue))
            } catch {
                throw TaskiqError(
                    .resultGet,
                    "the result is not \(Output.self): \(readableDescription(of: error))",
                    cause: nil
                )
            }
        }
        executionTime = stored.executionTime
        labels = stored.labels
        log = keepsLog ? stored.log : nil
    }
}
