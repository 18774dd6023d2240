// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Limits the time of tasks whose messages do not say it by the label `timeout`.
///
/// The limit becomes the message's label before the task runs, so that the task's context, its result and its retries
/// show it. A message that carries a number goes its own way; 0 means no limit.
public struct TimeoutMiddleware: TaskiqMiddleware {
    private let defaultLimit: Duration
    private let limits: [TaskName: Duration]

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - defaultLimit: how long one execution may take; not positive for no limit.
    ///   - limits: the limits of tasks that have one of their own.
    public init(default defaultLimit: Duration, tasks limits: [TaskName: Duration] = [:]) {
        self.defaultLimit = defaultLimit
        self.limits = limits
    }

    /// Gives the message its limit.
    public func preExecute(_ message: inout TaskiqMessage, context: Context) async throws {
        // A label that is no number limits nothing: it must not switch the default off.
        guard message.labels[.timeout] == nil else { return }
        let limit = limits[message.taskName] ?? defaultLimit
        if limit > .zero { message.labels[.timeout] = limit.inSeconds }
    }
}
