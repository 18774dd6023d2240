// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Code that runs around sending and executing tasks.
///
/// Every requirement has a default that does nothing. With middlewares A and B in that order, a sender runs
/// `preSend` A, B, then sends, then `postSend` B, A; a worker runs `preExecute` A, B, the task, then `onError` B, A if
/// it failed, `postExecute` B, A and, once the result is stored, `postSave` B, A. `send` and `execute` enclose the
/// whole, A outermost, for what hooks cannot do: task-locals, locks, time limits. What must be let go of in any case is
/// taken there: when a later `preExecute` throws, or a stopping worker gives the task back, no hook follows.
///
/// A hook that throws harms nothing else: on the sending side the sender sees its error; on the worker's side the task
/// gets an error result.
public protocol TaskiqMiddleware: Sendable {
    /// The broker starts.
    func startup(_ broker: Broker) async throws
    /// The broker stops.
    func shutdown(_ broker: Broker) async
    /// A message is about to be sent, and may be changed.
    func preSend(_ message: inout TaskiqMessage) async throws
    /// A message was accepted by the broker.
    func postSend(_ message: TaskiqMessage) async
    /// A message could not be sent, or a later middleware kept it from being sent.
    func onSendError(_ error: any Error, message: TaskiqMessage) async
    /// A task is about to run; its message may be changed.
    func preExecute(_ message: inout TaskiqMessage, context: Context) async throws
    /// A task failed; its result may be changed.
    func onError(_ error: any Error, message: TaskiqMessage, result: inout StoredResult, context: Context) async throws
    /// A task ended, as `context.outcome` says, well or not; its result may be changed.
    func postExecute(_ message: TaskiqMessage, result: inout StoredResult, context: Context) async throws
    /// The result is on its way to the broker, or stored by another result backend.
    func postSave(_ message: TaskiqMessage, result: StoredResult) async
    /// Encloses sending.
    func send(_ message: TaskiqMessage, next: NextSend) async throws
    /// Encloses a task's execution.
    func execute(
        _ message: TaskiqMessage,
        context: Context,
        next: NextExecution
    ) async throws -> StoredResult
}

extension TaskiqMiddleware {
    /// Does nothing.
    public func startup(_ broker: Broker) async throws {}
    /// Does nothing.
    public func shutdown(_ broker: Broker) async {}
    /// Does nothing.
    public func preSend(_ message: inout TaskiqMessage) async throws {}
    /// Does nothing.
    public func postSend(_ message: TaskiqMessage) async {}
    /// Does nothing.
    public func onSendError(_ error: any Error, message: TaskiqMessage) async {}
    /// Does nothing.
    public func preExecute(_ message: inout TaskiqMessage, context: Context) async throws {}
    /// Does nothing.
    public func onError(
        _ error: any Error,
        message: TaskiqMessage,
        result: inout StoredResult,
        context: Context
    ) async throws {}
    /// Does nothing.
    public func postExecute(_ message: TaskiqMessage, result: inout StoredResult, context: Context) async throws {}
    /// Does nothing.
    public func postSave(_ message: TaskiqMessage, result: StoredResult) async {}

    /// Sends.
    public func send(_ message: TaskiqMessage, next: NextSend) async throws {
        try await next(message)
    }

    /// Executes.
    public func execute(
        _ message: TaskiqMessage,
        context: Context,
        next: NextExecution
    ) async throws -> StoredResult {
        try await next(message, context)
    }
}
