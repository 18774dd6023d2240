// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub

extension HubService {
    /// Signals that a catalogue has changed.
    func catalogueChanges() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let changes = catalogues().changes
        // Unstructured: it lives as long as the stream that it feeds.
        let feeding = Task {
            for await _ in changes { continuation.yield() }
            continuation.finish()
        }
        continuation.onTermination = { _ in feeding.cancel() }
        return stream
    }
}
