// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// Which errors a failed task is run again for.
///
/// It is code of this process and never travels; which tasks are retried at all, and how often, is said by labels.
public struct RetryCondition: Sendable {
    private let isRetryable: @Sendable (any Error) -> Bool

    /// Decides by a closure.
    ///
    /// - Parameter isRetryable: whether a task that threw this error is to be run again.
    public init(_ isRetryable: @escaping @Sendable (any Error) -> Bool) {
        self.isRetryable = isRetryable
    }

    /// Whether a task that threw this error is to be run again.
    ///
    /// - Parameter error: the error.
    /// - Returns: true for an error that may be gone the next time.
    public func callAsFunction(_ error: any Error) -> Bool { isRetryable(error) }

    /// Every error but `CancellationError`: who cancels a task wants it to end.
    public static let anyError = RetryCondition { !($0 is CancellationError) }

    /// Errors of these types and of their subclasses, and no others.
    ///
    /// - Parameter types: the types.
    /// - Returns: the condition.
    public static func errors(_ types: any Error.Type...) -> RetryCondition {
        RetryCondition { error in types.contains { isInstance(error, of: $0) } }
    }

    /// Every error but `CancellationError` and those of these types.
    ///
    /// - Parameter types: the types.
    /// - Returns: the condition.
    public static func anyError(except types: any Error.Type...) -> RetryCondition {
        RetryCondition { error in anyError(error) && !types.contains { isInstance(error, of: $0) } }
    }

    private static func isInstance<E: Error>(_ error: any Error, of type: E.Type) -> Bool { error is E }
}

extension Broker {
    /// Says for which errors one task is retried, in place of what the retry middleware says for all.
    ///
    /// - Parameters:
    ///   - task: the task's name.
    ///   - condition: the errors.
    public func retry(_ task: TaskName, on condition: RetryCondition) {
        contents.withLock { $0.retryConditions[task] = condition }
    }

    func retryCondition(of task: TaskName) -> RetryCondition? {
        if let condition = contents.withLock({ $0.retryConditions[task] }) { return condition }
        return isShared ? nil : Broker.shared.retryCondition(of: task)
    }
}

extension TaskDefinition {
    /// Says for which errors this task is retried, in place of what the retry middleware says for all.
    ///
    /// - Parameter condition: the errors.
    /// - Returns: the same task.
    @discardableResult
    public func retrying(on condition: RetryCondition) -> Self {
        broker.retry(name, on: condition)
        return self
    }
}
