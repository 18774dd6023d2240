// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging

/// What both retry middlewares have in common: whether a failed task is run again, and how its message goes back.
struct RetryRule: Sendable {
    let defaultRetryCount: Int
    let defaultRetryLabel: Bool
    let noResultOnRetry: Bool
    let condition: RetryCondition

    /// The number of the retry that is to follow, from 1; nil when none does.
    func nextRetry(after error: any Error, of message: TaskiqMessage, in context: Context) -> Int? {
        // Whoever asked for something else than an error result gets it.
        guard TaskControl(error) == nil, isEnabled(for: message) else { return nil }
        let condition = context.broker.retryCondition(of: message.taskName) ?? condition
        guard condition(error) else { return nil }
        let limit = message.labels[.maxRetries] ?? defaultRetryCount
        // The count comes from outside: the comparison comes before the addition, which could overflow.
        guard message.retries < limit, message.retries + 1 < limit else {
            context.logger.warning(
                "a task failed and is not run again: it was its last attempt",
                metadata: [
                    "taskiq.retries": "\(message.retries)", "error.type": "\(TaskFailure(describing: error).type)",
                ]
            )
            return nil
        }
        return message.retries + 1
    }

    /// Has the message delivered once more.
    ///
    /// - Throws: a `TaskControl`, unless the message went through the broker.
    func retry(_ number: Int, after delay: Duration, labels: Labels, of context: Context) async throws {
        var labels = labels
        labels[.retries] = number
        if delay > .zero { labels[.delay] = delay.inSeconds }
        context.logger.info(
            "a task failed and is run again",
            metadata: ["taskiq.retries": "\(number)", "taskiq.delay": "\(delay.formattedShortly)"]
        )
        guard !noResultOnRetry else { try context.retry(after: delay, labels: labels) }
        var message = context.message
        message.labels[.delay] = nil
        message.labels.merge(labels)
        do {
            _ = try await context.broker.send(
                name: message.taskName,
                labels: message.labels,
                args: message.positional,
                kwargs: message.kwargs,
                taskID: message.taskID
            )
        } catch {
            // A retry that is not sent would be lost without a word; put back with the delivery it cannot be.
            context.logger.warning("a retry could not be sent and is put back", metadata: ["error.message": "\(error)"])
            try context.retry(after: delay, labels: labels)
        }
    }

    /// The label as Python reads it: text must say `true`, anything else counts by its truth.
    private func isEnabled(for message: TaskiqMessage) -> Bool {
        let label = Label<Bool>.retryOnError.name
        switch message.labels[label] {
        case nil: return defaultRetryLabel
        case .bool(let value)?: return value
        case .int(let value)?: return value != 0
        case .double(let value)?: return value != 0
        case .bytes(let value)?: return !value.isEmpty
        case .largeInt?: return true
        case .string(let text)?, .any(let text)?: return text.lowercased() == "true"
        case .json(let fragment)?:
            if fragment.isNull { return defaultRetryLabel }
            if let number = try? fragment.decode(Double.self) { return number != 0 }
            return LabelValue.json(fragment).text.lowercased() == "true"
        }
    }
}
