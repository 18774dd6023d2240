// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How an execution ended.
enum ExecutionOutcome {
    /// The task returned or failed; there is a result.
    case result(StoredResult)
    /// The task ended and wants no result to be stored; hooks are told of this one.
    case noResult(StoredResult)
    /// The task wants to run again.
    case requeue(TaskiqMessage, after: Duration)
    /// The task refuses its message.
    case reject(reason: String, StoredResult)
    /// The worker gave up waiting for the task.
    case abandoned
}
