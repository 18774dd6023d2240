// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

extension Task where Failure == any Error {
    /// The task's value, unless whoever waits is cancelled first; the task itself goes on then.
    func valueUnlessCancelled() async throws -> Success {
        let waiter = Waiter<Success>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiter.wait(with: continuation)
                // Unstructured: it waits on behalf of whoever may have gone.
                Task<Void, Never> { waiter.end(with: await self.result) }
            }
        } onCancel: {
            waiter.end(with: .failure(_Concurrency.CancellationError()))
        }
    }

    /// Waits for the task's end, at most for a time.
    ///
    /// - Parameter limit: the time.
    /// - Returns: how it ended; nil when the time was over first.
    func result(within limit: Duration) async -> Result<Success, any Error>? {
        await withTaskGroup(of: Result<Success, any Error>?.self) { group in
            group.addTask {
                do {
                    return .success(try await valueUnlessCancelled())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await Task<Never, Never>.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}

/// A continuation that is resumed once, by whoever comes first.
private final class Waiter<Value: Sendable>: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Value, any Error>)
        case ended(Result<Value, any Error>)
    }

    private let state = Mutex(State.idle)

    func wait(with continuation: CheckedContinuation<Value, any Error>) {
        let result: Result<Value, any Error>? = state.withLock { state in
            if case .ended(let result) = state { return result }
            state = .waiting(continuation)
            return nil
        }
        if let result { continuation.resume(with: result) }
    }

    func end(with result: Result<Value, any Error>) {
        let continuation: CheckedContinuation<Value, any Error>? = state.withLock { state in
            defer { if case .ended = state {} else { state = .ended(result) } }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume(with: result)
    }
}
