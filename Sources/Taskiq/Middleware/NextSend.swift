// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What comes after a middleware when a message is sent: the next middlewares, and in the end the sending itself.
///
/// A type and not a closure: a closure's type depends on the compiler settings of the module that writes it, and a
/// middleware of a module with other settings would be passed over without a word.
public struct NextSend: Sendable {
    typealias Last = @concurrent @Sendable (TaskiqMessage) async throws -> Void

    private let middlewares: ArraySlice<any TaskiqMiddleware>
    private let last: Last

    init(_ middlewares: ArraySlice<any TaskiqMiddleware>, last: @escaping Last) {
        self.middlewares = middlewares
        self.last = last
    }

    /// Goes on.
    ///
    /// - Parameter message: the message, as the middleware wants it to be sent.
    /// - Throws: what the next ones throw.
    public func callAsFunction(_ message: TaskiqMessage) async throws {
        guard let middleware = middlewares.first else { return try await last(message) }
        try await middleware.send(message, next: NextSend(middlewares.dropFirst(), last: last))
    }
}
