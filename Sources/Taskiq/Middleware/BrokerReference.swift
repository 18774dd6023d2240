// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// The broker that a middleware was started by; the broker holds the middleware, so it is not held in return.
final class BrokerReference: Sendable {
    private struct Weak: Sendable {
        weak var broker: Broker?
    }

    private let reference = Mutex(Weak())

    var value: Broker? { reference.withLock { $0.broker } }

    func set(_ broker: Broker) { reference.withLock { $0.broker = broker } }
}
