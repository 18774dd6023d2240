// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHubProtocol

/// A worker as the hub knows it.
struct WorkerSession {
    let identity: PeerIdentity
    var peer: PeerID
    var session: UInt64
    var name: String
    var queues: Set<String>
    /// The names of the tasks it can run; nil until its catalogue is known.
    var tasks: Set<String>?
    var catalogueHash: String
    /// How many deliveries it runs at a time.
    var concurrency: Int
    /// How many deliveries it is willing to hold.
    var credit = 0
    var held: Set<Int64> = []
    /// The messages that it will be given when their bodies are read.
    var loading: Set<Int64> = []
    /// The messages whose task ended without acknowledging, and which it may still acknowledge.
    var unacknowledged: Set<Int64> = []
    /// The message that it runs alone, or will when it has ended what it runs.
    var suspect: Int64?
    /// What the worker and the hub think differently of, time after time.
    struct Disagreement {
        var own: LeaseKey?
        var told: LeaseKey?
        var count = 0
    }

    var disagreement: Disagreement?
    /// Which delivery of this life of the hub it was given last, 0 before the first.
    var lastServed: Int64 = 0
    /// When something was last heard of it, in uptime milliseconds.
    var lastHeard: Int64
    /// Since when it cannot be reached.
    var goneSince: Int64?
    /// Whether something that it was told is lost, as it did not read.
    var isCongested = false
    var about: WorkerAbout

    /// How many more deliveries it may be given.
    ///
    /// A task that ended takes no room of those that run, unless there are very many of them.
    var freeCredit: Int {
        guard goneSince == nil, !isCongested, tasks != nil, suspect == nil, !about.isDraining else { return 0 }
        let excess = max(0, unacknowledged.count - ProtocolLimits.maximumUnacknowledged)
        return max(0, credit - held.count - loading.count - excess)
    }

    /// Whether it runs nothing and is about to run nothing.
    var isIdle: Bool { held.isEmpty && loading.isEmpty }

    /// Whose turn it is; never decided by chance, so that a simulation can be replayed.
    struct Order: Comparable {
        var freeCredit: Int
        var lastServed: Int64
        var session: UInt64

        static func < (left: Order, right: Order) -> Bool {
            (right.freeCredit, left.lastServed, left.session) < (left.freeCredit, right.lastServed, right.session)
        }
    }

    /// Where it stands among those that could be given something; nil when it has no room.
    var order: Order? {
        let credit = freeCredit
        return credit > 0 ? Order(freeCredit: credit, lastServed: lastServed, session: session) : nil
    }

    /// Notes that something was heard of it.
    ///
    /// - Returns: whether something that it was told is lost; nil if what was heard is not of its session.
    mutating func hear(_ session: UInt64, at uptime: Int64) -> Bool? {
        guard session == self.session else { return nil }
        lastHeard = uptime
        return goneSince != nil || isCongested
    }

    /// Notes that it was given a message.
    ///
    /// - Returns: where it is sent.
    mutating func take(_ sequence: Int64, as delivery: Int64) -> (peer: PeerID, session: UInt64) {
        held.insert(sequence)
        lastServed = delivery
        return (peer, session)
    }

    /// No longer counts a message among those it has.
    mutating func forget(_ sequence: Int64) {
        held.remove(sequence)
        unacknowledged.remove(sequence)
        if suspect == sequence { suspect = nil }
    }

    func serves(_ route: Route) -> Bool {
        queues.contains(route.queue) && tasks?.contains(route.taskName) == true
    }
}
