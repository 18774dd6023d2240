// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol

/// What the hub knows of a message that is not over.
///
/// There may be a million of them, so it holds what every message has; what few have is in `details`.
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

    /// What most messages do not have.
    struct Details {
        var scheduleID: String?
        var scheduledAt: Timestamp?
        var expiresAt: Timestamp?
        /// No second message with the same is accepted while this one lives.
        var uniqueKey: String?
        /// Whether only the current delivery may end it.
        var isFenced = false
        /// Until when, in uptime, it waits after a crash; `dueAt` says the same by the wall clock, for the next life.
        var pausedUntil: Int64?
        /// The delivery that was counted as a crash last; it may turn out that it was none.
        var crashedAttempt: Int32 = 0
        /// The last delivery whose task ended without acknowledging; 0 when none did.
        var unacknowledgedAttempt: Int32 = 0
        /// The result that such a delivery left.
        var result: RetainedResult?
        var acknowledgeBefore: Int64?
    }

    private enum Phase: UInt8 {
        case ready, delayed, loading, leased
    }

    let sequence: Int64
    let key: TaskKey
    /// Its queue and its task.
    let route: RouteID
    let priority: UInt8
    private var phase = Phase.ready
    var isAcknowledged = false
    private var isInherited = false
    /// Whether the body is here, and not in the store alone.
    var hasBody: Bool
    /// Whether the store was asked for the body.
    var isReading = false
    var attempt: Int32 = 0
    var crashes: Int32 = 0
    /// How many bytes the body has, wherever it is.
    let size: Int32
    let enqueuedAt: Timestamp
    private var due: Int64
    private var started = Int64.min
    private var holder: PeerIdentity
    /// The encoded message; empty when only the store has it.
    var body: [UInt8]
    // An array, so that it takes a word when there are none and is a value all the same.
    private var rare: [Details] = []

    init(_ message: StoredMessage, route: RouteID, hasBody: Bool, size: Int) {
        sequence = message.sequence
        key = TaskKey(message.taskID)
        self.route = route
        priority = message.priority
        self.hasBody = hasBody
        self.size = Int32(clamping: size)
        enqueuedAt = message.enqueuedAt
        due = message.dueAt?.millisecondsSinceEpoch ?? .min
        holder = .none
        body = hasBody ? message.body : []
        if message.scheduleID != nil || message.scheduledAt != nil || message.expiresAt != nil
            || message.uniqueKey != nil || message.isFenced
        {
            details.scheduleID = message.scheduleID
            details.scheduledAt = message.scheduledAt
            details.expiresAt = message.expiresAt
            details.uniqueKey = message.uniqueKey
            details.isFenced = message.isFenced
        }
    }

    var taskID: String { key.text }

    /// When it may be delivered; nil for at once.
    var dueAt: Timestamp? {
        get { due == .min ? nil : Timestamp(millisecondsSinceEpoch: due) }
        set { due = newValue?.millisecondsSinceEpoch ?? .min }
    }

    var details: Details {
        get { rare.first ?? Details() }
        set { if rare.isEmpty { rare.append(newValue) } else { rare[0] = newValue } }
    }

    var hasDetails: Bool { !rare.isEmpty }

    var state: State {
        get {
            switch phase {
            case .ready: .ready
            case .delayed: .delayed
            case .loading: .loading(for: holder)
            case .leased:
                .leased(
                    Lease(
                        worker: holder,
                        startedAt: started == .min ? nil : Timestamp(millisecondsSinceEpoch: started),
                        isInherited: isInherited,
                        acknowledgeBefore: rare.first?.acknowledgeBefore
                    )
                )
            }
        }
        set {
            isInherited = false
            started = .min
            if rare.first?.acknowledgeBefore != nil { details.acknowledgeBefore = nil }
            switch newValue {
            case .ready: phase = .ready
            case .delayed: phase = .delayed
            case .loading(let worker):
                phase = .loading
                holder = worker
            case .leased(let lease):
                phase = .leased
                holder = lease.worker
                isInherited = lease.isInherited
                started = lease.startedAt?.millisecondsSinceEpoch ?? .min
                if let deadline = lease.acknowledgeBefore { details.acknowledgeBefore = deadline }
            }
        }
    }

    var lease: Lease? {
        if case .leased(let lease) = state { lease } else { nil }
    }

    /// Who has it; cheaper to ask for than the lease.
    var leaseHolder: PeerIdentity? { phase == .leased ? holder : nil }

    var isReady: Bool { phase == .ready }

    /// Notes that a delivery began to run.
    mutating func start(at instant: Timestamp) {
        if phase == .leased { started = instant.millisecondsSinceEpoch }
    }

    /// How many bytes it may take to read the body, as far as that is known.
    func sizeToRead(_ largest: Int) -> Int { size > 0 ? Int(size) : largest }

    /// Leaves the body to the store alone.
    mutating func dropBody() {
        body = []
        hasBody = false
    }

    /// How a message waits that nobody holds.
    enum Waiting {
        case expired
        case delayed(until: Timestamp)
        /// Until an uptime.
        case pausing(until: Int64)
        case ready(priority: UInt8, route: RouteID, crashes: Int32)
    }

    /// Ends a pause, unless it is not the one that is over.
    mutating func endPause(_ uptime: Int64) -> Bool {
        guard hasDetails, details.pausedUntil == uptime, phase == .delayed else { return false }
        details.pausedUntil = nil
        dueAt = nil
        return true
    }

    /// Begins to wait: for a worker or for its time, unless that is over.
    mutating func wait(at instant: Timestamp) -> Waiting {
        if hasDetails, let expiry = details.expiresAt, expiry <= instant { return .expired }
        if hasDetails, let uptime = details.pausedUntil {
            state = .delayed
            return .pausing(until: uptime)
        }
        if let dueAt, dueAt > instant {
            state = .delayed
            return .delayed(until: dueAt)
        }
        state = .ready
        return .ready(priority: priority, route: route, crashes: crashes)
    }
}
