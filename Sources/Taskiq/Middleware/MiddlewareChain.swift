// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Runs the `send` and `execute` of middlewares around each other, the first outermost.
struct MiddlewareChain: Sendable {
    let middlewares: [any TaskiqMiddleware]

    func send(_ message: TaskiqMessage, last: @escaping NextSend.Last) async throws {
        try await NextSend(middlewares[...], last: last)(message)
    }

    func execute(
        _ message: TaskiqMessage,
        context: Context,
        last: @escaping NextExecution.Last
    ) async throws -> StoredResult {
        try await NextExecution(middlewares[...], last: last).goOn(message, context)
    }
}
