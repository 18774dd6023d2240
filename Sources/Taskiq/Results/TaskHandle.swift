// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A task that was sent: the way to its result.
public struct TaskHandle<Output: Sendable>: Sendable {
    /// The message's identity.
    public let taskID: TaskID
    let broker: Broker
    private let coder: OutputCoder<Output>

    init(taskID: TaskID, broker: Broker, coder: OutputCoder<Output>) {
        self.taskID = taskID
        self.broker = broker
        self.coder = coder
    }

    /// Whether the result is there.
    ///
    /// - Throws: `TaskiqError` with code `resultIsReady` when the result backend cannot be asked.
    public var isReady: Bool {
        get async throws {
            do {
                return try await broker.resultBackend.isResultReady(for: taskID)
            } catch {
                throw TaskiqError(.resultIsReady, "cannot see whether task \(taskID) has a result", cause: error)
            }
        }
    }

    /// The result, which must be there.
    ///
    /// - Parameter withLogs: whether to keep what was logged during the task, where a middleware or a peer collects it.
    /// - Returns: the result, of a task that failed as well.
    /// - Throws: `TaskiqError` with code `resultGet` when there is none yet, or it cannot be fetched or read.
    public func result(withLogs: Bool = false) async throws -> TaskiqResult<Output> {
        let stored: StoredResult?
        do {
            stored = try await broker.resultBackend.result(for: taskID)
        } catch {
            throw TaskiqError(.resultGet, "cannot fetch the result of task \(taskID)", cause: error)
        }
        guard let stored else {
            throw TaskiqError(.resultGet, "task \(taskID) has no result yet, or its result is no longer kept")
        }
        return try result(stored, withLogs: withLogs)
    }

    /// How far the task is, as it said last; nil when it said nothing, or the result backend keeps no progress.
    ///
    /// - Returns: how far.
    /// - Throws: `TaskiqError` with code `resultGet` when the result backend cannot be asked.
    public func progress() async throws -> TaskProgress? {
        do {
            return try await broker.resultBackend.progress(for: taskID)
        } catch {
            throw TaskiqError(.resultGet, "cannot see how far task \(taskID) is", cause: error)
        }
    }

    /// Waits for the result.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait; nil for ever.
    ///   - checkInterval: how often to look, where the backend must be asked again and again.
    ///   - withLogs: whether to keep what was logged during the task, where a middleware or a peer collects it.
    /// - Returns: the result, of a task that failed as well.
    /// - Throws: `TaskiqError` with code `resultTimeout` or `resultGet`; `CancellationError`.
    public func waitForResult(
        timeout: Duration? = nil,
        checkInterval: Duration = .milliseconds(200),
        withLogs: Bool = false
    ) async throws -> TaskiqResult<Output> {
        try result(try await storedResult(timeout: timeout, checkInterval: checkInterval), withLogs: withLogs)
    }

    /// Waits for the value.
    ///
    /// - Parameter timeout: how long to wait; nil for ever.
    /// - Returns: what the task returned.
    /// - Throws: the `TaskFailure` that ended the task, or a `TaskiqError`.
    public func value(timeout: Duration? = nil) async throws -> Output {
        try await waitForResult(timeout: timeout).get()
    }

    func storedResult(timeout: Duration?, checkInterval: Duration) async throws -> StoredResult {
        try await broker.resultBackend.waitForResult(for: taskID, timeout: timeout, checkInterval: checkInterval)
    }

    func result(_ stored: StoredResult, withLogs: Bool) throws(TaskiqError) -> TaskiqResult<Output> {
        try TaskiqResult(stored, coder: coder, keepsLog: withLogs)
    }
}
