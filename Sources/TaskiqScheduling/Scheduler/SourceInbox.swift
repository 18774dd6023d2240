// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq
import TaskiqCron

/// What sources have read, and time zones that have changed, on their way to the scheduler.
final class SourceInbox: Sendable {
    struct Delivery: Sendable {
        let source: Int
        let result: Result<[ScheduledTask], any Error>
        /// When the source was read.
        let instant: Timestamp
    }

    /// Zones with other offsets than before, by name.
    private let zones = Mutex<[String: Zone]>([:])
    /// Raised by each delivery.
    let signal = Signal()
    private let deliveries = Mutex<[Int: Delivery]>([:])

    /// Delivers what a source has read; what it has read before, and nobody has taken, is out of date.
    func put(_ delivery: Delivery) {
        deliveries.withLock { $0[delivery.source] = delivery }
        signal.raise()
    }

    /// Delivers zones whose data have changed.
    func put(_ changed: [Zone]) {
        zones.withLock { zones in
            for zone in changed { zones[zone.identifier] = zone }
        }
        signal.raise()
    }

    /// Takes the zones that have changed, by name.
    func takeZones() -> [String: Zone] {
        zones.withLock { zones in
            defer { zones = [:] }
            return zones
        }
    }

    /// Takes what has been delivered, in the order of the sources.
    func take() -> [Delivery] {
        deliveries.withLock { deliveries in
            defer { deliveries = [:] }
            return deliveries.values.sorted { $0.source < $1.source }
        }
    }
}
