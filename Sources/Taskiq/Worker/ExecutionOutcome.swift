// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How an execution ended; hooks are told of the result whether it is stored or not.
enum ExecutionOutcome {
    /// The task returned or failed; there is a result.
    case result(StoredResult)
    /// The task ended and wants no result to be stored.
    case noResult(StoredResult)
    /// The task is to run again.
    case requeue(TaskiqMessage, after: Duration, StoredResult)
    /// The message is refused.
    case reject(reason: String, StoredResult)
    /// The worker gave up waiting for the task.
    case abandoned

    init(_ control: TaskControl, _ result: StoredResult) {
        switch control {
        case .requeue(let message, let delay): self = .requeue(message, after: delay, result)
        case .reject(let reason): self = .reject(reason: reason, result)
        case .noResult: self = .noResult(result)
        }
    }
}
