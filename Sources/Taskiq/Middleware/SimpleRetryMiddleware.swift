// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Runs failed tasks again at once.
///
/// A task is retried when its label `retry_on_error` says so, or `defaultRetryLabel` does for tasks without it. The
/// label `max_retries` counts all executions, as in Python: three means two retries. A retry is the same message with
/// the same id and arguments, and the label `_retries` that counts. Tasks that ask for no result, to be requeued or to
/// be rejected, and tasks that a stopping worker gives back, are not retried.
///
/// The message is put back in one step with the end of the failed delivery, so that a retry is neither lost nor doubled;
/// nothing is stored for the failed attempt. With `noResultOnRetry` false the attempt's error is stored as the task's
/// result, and the retry is sent as a message of its own before the delivery is settled: whoever waits sees the first
/// failure, and a worker that dies between the two has the task run once too often.
public struct SimpleRetryMiddleware: TaskiqMiddleware {
    private let rule: RetryRule

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - defaultRetryCount: how often tasks without the label `max_retries` run at most, the first time included.
    ///   - defaultRetryLabel: whether tasks without the label `retry_on_error` are retried.
    ///   - noResultOnRetry: whether no result is stored for an attempt that is followed by another.
    ///   - condition: the errors that tasks are retried for; `Broker.retry(_:on:)` says it for one task.
    public init(
        defaultRetryCount: Int = 3,
        defaultRetryLabel: Bool = false,
        noResultOnRetry: Bool = true,
        retryOn condition: RetryCondition = .anyError
    ) {
        rule = RetryRule(
            defaultRetryCount: defaultRetryCount,
            defaultRetryLabel: defaultRetryLabel,
            noResultOnRetry: noResultOnRetry,
            condition: condition
        )
    }

    /// Puts the message of a failed task back.
    public func onError(
        _ error: any Error,
        message: TaskiqMessage,
        result: inout StoredResult,
        context: Context
    ) async throws {
        guard let number = rule.nextRetry(after: error, of: message, in: context) else { return }
        try await rule.retry(number, after: .zero, labels: [], of: context)
    }
}
