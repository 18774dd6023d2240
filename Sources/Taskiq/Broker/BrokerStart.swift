// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// A start that is under way, and who waits for it: one of them that is cancelled takes it from no other.
final class BrokerStart: Sendable {
    private struct State {
        var waiters = 0
        var isGivenUp = false
    }

    private let state = Mutex(State())
    let task: Task<Void, any Error>

    init(_ start: @escaping @Sendable () async throws -> Void) {
        // Unstructured: whoever asks for the same start waits for it, too.
        task = Task { try await start() }
    }

    /// Waits for the start; it is given up when all who waited for it are cancelled.
    ///
    /// - Returns: true when the broker is started; false when the start was given up, by others, and is over.
    /// - Throws: what ended the start, or `CancellationError`.
    func wait() async throws -> Bool {
        let isLate = state.withLock { state in
            state.waiters += 1
            return state.isGivenUp
        }
        if isLate {
            _ = await task.result
            try Task.checkCancellation()
            return false
        }
        do {
            try await task.valueUnlessCancelled()
            return true
        } catch {
            let isLast = state.withLock { state in
                state.waiters -= 1
                if Task.isCancelled, state.waiters == 0 { state.isGivenUp = true }
                return state.isGivenUp
            }
            if Task.isCancelled, isLast {
                task.cancel()
                try await task.value
                return true
            }
            throw error
        }
    }
}
