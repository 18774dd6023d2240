// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol

/// A message that waits or runs, as the hub has it in memory.
struct MessageEntry {
    enum State {
        /// Waits for a worker.
        case ready
        /// Waits for its time.
        case delayed
        /// Waits for its body to be read; a worker has room for it.
        case loading(for: PeerIdentity)
        /// A worker has it.
        case leased(Lease)
    }

    struct Lease {
        var worker: PeerIdentity
        /// When it began to run, as far as the hub was told.
        var startedAt: Timestamp?
        /// Whether it was taken over from the hub's last life, so that nothing is known of its start.
        var isInherited = false

        /// Until when, in uptime milliseconds, it may still be acknowledged; nil as long as its task has not ended.
        var acknowledgeBefore: Int64?

        /// Whether it must be assumed to run.
        var mayBeRunning: Bool { acknowledgeBefore == nil && (startedAt != nil || isInherited) }
    }

    /// The message; its body is empty when only the store has it.
    var message: StoredMessage
    var hasBody: Bool
    var state: State
    var attempt: Int32 = 0
    var crashes: Int32 = 0
    /// The delivery that was counted as a crash last; it may turn out that it was none.
    var crashedAttempt: Int32 = 0
    var isAcknowledged = false
    /// The last delivery whose task ended without acknowledging; 0 when none did.
    var unacknowledgedAttempt: Int32 = 0
    /// The result that such a delivery left.
    var result: RetainedResult?

    var lease: Lease? {
        if case .leased(let lease) = state { lease } else { nil }
    }

    var isReady: Bool {
        if case .ready = state { true } else { false }
    }

    var route: Route { Route(queue: message.queue, taskName: message.taskName) }
}
