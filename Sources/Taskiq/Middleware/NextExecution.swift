// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What comes after a middleware when a task runs: the next middlewares, and in the end the task itself.
public struct NextExecution: Sendable {
    typealias Last = @concurrent @Sendable (TaskiqMessage, Context) async throws -> StoredResult

    private let middlewares: ArraySlice<any TaskiqMiddleware>
    private let last: Last

    init(_ middlewares: ArraySlice<any TaskiqMiddleware>, last: @escaping Last) {
        self.middlewares = middlewares
        self.last = last
    }

    /// Goes on.
    ///
    /// - Parameters:
    ///   - message: the message, as the middleware wants the task to see it; the context follows it.
    ///   - context: the task's context.
    /// - Returns: the result.
    /// - Throws: what the next ones, or the task, throw.
    public func callAsFunction(_ message: TaskiqMessage, _ context: Context) async throws -> StoredResult {
        guard message != Context.current?.message else { return try await goOn(message, context) }
        let context = context.following(message)
        return try await Context.$current.withValue(context) { try await goOn(message, context) }
    }

    func goOn(_ message: TaskiqMessage, _ context: Context) async throws -> StoredResult {
        guard let middleware = middlewares.first else { return try await last(message, context) }
        return try await middleware.execute(
            message,
            context: context,
            next: NextExecution(middlewares.dropFirst(), last: last)
        )
    }
}
