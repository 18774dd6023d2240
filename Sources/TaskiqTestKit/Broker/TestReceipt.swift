// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq

/// Keeps what a test broker is told of a delivery.
final class TestReceipt: DeliveryReceipt {
    private struct State {
        var settlement: Settlement?
        var isAcknowledged = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// What became of the delivery; nil until it is told.
    var settlement: Settlement? { state.withLock { $0.settlement } }
    /// Whether the delivery was acknowledged before its end.
    var isAcknowledged: Bool { state.withLock { $0.isAcknowledged } }

    /// Has something done once the delivery is acknowledged, at once if it was.
    func whenAcknowledged(_ action: @escaping @Sendable () -> Void) {
        let isAcknowledged = state.withLock { state in
            state.action = action
            return state.isAcknowledged
        }
        if isAcknowledged { action() }
    }

    func started() {}

    func acknowledge() async throws {
        state.withLock { state in
            state.isAcknowledged = true
            return state.action
        }?()
    }

    func settle(_ settlement: Settlement) {
        state.withLock { state in
            // The first word counts.
            if state.settlement == nil { state.settlement = settlement }
        }
    }
}
