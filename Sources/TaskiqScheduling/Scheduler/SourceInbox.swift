// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq
import TaskiqCron

/// What sources have read, on its way to the scheduler.
final class SourceInbox: Sendable {
    struct Delivery: Sendable {
        let source: Int
        let result: Result<[ScheduledTask], any Error>
        /// When the source was read.
        let instant: Timestamp
    }

    /// Raised by each delivery.
    let signal = Signal()
    private let deliveries = Mutex<[Int: Delivery]>([:])

    /// Delivers what a source has read; what it has read before, and nobody has taken, is out of date.
    func put(_ delivery: Delivery) {
        deliveries.withLock { $0[delivery.source] = delivery }
        signal.raise()
    }

    /// Takes what has been delivered, in the order of the sources.
    func take() -> [Delivery] {
        deliveries.withLock { deliveries in
            defer { deliveries = [:] }
            return deliveries.values.sorted { $0.source < $1.source }
        }
    }
}
