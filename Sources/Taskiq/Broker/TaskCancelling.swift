// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A transport that can cancel tasks.
public protocol TaskCancelling: BrokerTransport {
    /// Ends a task that waits, and asks the worker of one that runs to cancel it.
    ///
    /// - Parameters:
    ///   - taskID: the message's identity.
    ///   - reason: why, for people; may be empty.
    /// - Returns: what became of it.
    /// - Throws: `TaskiqError` with code `unknownTaskID` when there is no such task.
    func cancel(_ taskID: TaskID, reason: String) async throws -> TaskCancellation
}

/// What became of a wish to cancel a task.
public struct TaskCancellation: Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// The task waited; it has ended with an error result and never runs.
    public static let cancelled = TaskCancellation(description: "cancelled")
    /// The task runs; its worker was asked to cancel it, and its result will say how it ended.
    public static let requested = TaskCancellation(description: "requested")
    /// The task had ended before; nothing was changed.
    public static let ended = TaskCancellation(description: "ended")
}

extension Broker {
    /// Cancels a task that was sent.
    ///
    /// One that waits ends with an error result of the type ``TaskFailure/cancelledType``. One that runs is cancelled
    /// as Swift's tasks are: it goes on until it looks (`Task.isCancelled`, `Task.checkCancellation()`, most waits), and
    /// ends with such a result if it throws then. It is not tried again, whatever middlewares and labels say.
    ///
    /// - Parameters:
    ///   - taskID: the message's identity.
    ///   - reason: why, for people.
    /// - Returns: what became of it.
    /// - Throws: `TaskiqError`: with code `unknownTaskID` when there is no such task, with `configuration` when the
    ///   engine cannot cancel tasks, with another when the engine cannot be asked.
    @discardableResult
    public func cancel(_ taskID: TaskID, reason: String = "") async throws -> TaskCancellation {
        guard let transport = transport as? any TaskCancelling else {
            throw TaskiqError(
                .configuration,
                "tasks that were sent through \(self.transport.address) cannot be cancelled"
            )
        }
        let outcome = try await transport.cancel(taskID, reason: reason)
        if outcome == .cancelled, !resultBackend.storesWithAcknowledgement {
            let result = StoredResult(error: .cancelled(reason), executionTime: .zero)
            try await resultBackend.setResult(result, for: taskID)
        }
        return outcome
    }
}

extension TaskHandle {
    /// Cancels the task; see ``Broker/cancel(_:reason:)``.
    ///
    /// - Parameter reason: why, for people.
    /// - Returns: what became of it.
    /// - Throws: `TaskiqError`.
    @discardableResult
    public func cancel(reason: String = "") async throws -> TaskCancellation {
        try await broker.cancel(taskID, reason: reason)
    }
}
