// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A door that is opened once; who waits before it is opened waits, who comes later passes.
struct Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func open() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}

/// Ends when the task is cancelled, and not before.
func untilCancelled() async throws {
    let gate = Gate()
    await gate.wait()
    try Task.checkCancellation()
}
