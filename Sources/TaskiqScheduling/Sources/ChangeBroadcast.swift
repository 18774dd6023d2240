// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// Tells everybody who listens that something changed; changes that nobody has looked at yet count as one.
package final class ChangeBroadcast: Sendable {
    private struct State {
        var listeners: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var counter: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Makes a broadcast without listeners.
    package init() {}

    /// Tells of a change.
    package func send() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield() }
    }

    /// Begins to listen; ends when the stream is let go.
    package func listen() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.counter += 1
            state.listeners[state.counter] = continuation
            return state.counter
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }
}
