// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Runs the `send` and `execute` of middlewares around each other, the first outermost.
struct MiddlewareChain: Sendable {
    let middlewares: [any TaskiqMiddleware]

    func send(
        _ message: TaskiqMessage,
        from index: Int = 0,
        last: (TaskiqMessage) async throws -> Void
    ) async throws {
        guard index < middlewares.count else { return try await last(message) }
        try await middlewares[index].send(message) { message in
            try await send(message, from: index + 1, last: last)
        }
    }

    func execute(
        _ message: TaskiqMessage,
        context: Context,
        from index: Int = 0,
        last: (TaskiqMessage, Context) async throws -> StoredResult
    ) async throws -> StoredResult {
        guard index < middlewares.count else { return try await last(message, context) }
        return try await middlewares[index].execute(message, context: context) { message, context in
            try await execute(message, context: context, from: index + 1, last: last)
        }
    }
}
