// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A task that was sent: the way to its result.
public struct TaskHandle<Output: Sendable>: Sendable {
    /// The message's identity.
    public let taskID: TaskID
    private let broker: Broker
    private let coder: OutputCoder<Output>

    init(taskID: TaskID, broker: Broker, coder: OutputCoder<Output>) {
        self.taskID = taskID
        self.broker = broker
        self.coder = coder
    }

    /// Whether the result is there.
    public var isReady: Bool {
        get async throws {
            try await broker.resultBackend.isResultReady(for: taskID)
        }
    }

    /// Waits for the result.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait; nil for ever.
    ///   - checkInterval: how often to look, where the backend must be asked again and again.
    ///   - withLogs: whether to keep what was logged during the task.
    /// - Returns: the result, of a task that failed as well.
    /// - Throws: `TaskiqError` with code `resultTimeout` or `resultGet`; `CancellationError`.
    public func waitForResult(
        timeout: Duration? = nil,
        checkInterval: Duration = .milliseconds(200),
        withLogs: Bool = false
    ) async throws -> TaskiqResult<Output> {
        let stored = try await broker.resultBackend.waitForResult(
            for: taskID,
            timeout: timeout,
            checkInterval: checkInterval
        )
        return try TaskiqResult(stored, coder: coder, keepsLog: withLogs)
    }

    /// Waits for the value.
    ///
    /// - Parameter timeout: how long to wait; nil for ever.
    /// - Returns: what the task returned.
    /// - Throws: the `TaskFailure` that ended the task, or a `TaskiqError`.
    public func value(timeout: Duration? = nil) async throws -> Output {
        try await waitForResult(timeout: timeout).get()
    }
}
