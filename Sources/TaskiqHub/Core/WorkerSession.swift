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
    /// How many deliveries it is willing to hold.
    var credit = 0
    var held: Set<Int64> = []
    /// The messages that it will be given when their bodies are read.
    var loading: Set<Int64> = []
    /// Which delivery of this life of the hub it was given last, 0 before the first.
    var lastServed: Int64 = 0
    /// When something was last heard of it, in uptime milliseconds.
    var lastHeard: Int64
    /// Since when it cannot be reached.
    var goneSince: Int64?

    var freeCredit: Int { goneSince == nil && tasks != nil ? max(0, credit - held.count - loading.count) : 0 }

    /// Whether its turn comes before another worker's; never by chance, so that a simulation can be replayed.
    func precedes(_ other: WorkerSession) -> Bool {
        (-freeCredit, lastServed, session) < (-other.freeCredit, other.lastServed, other.session)
    }

    func serves(_ route: Route) -> Bool {
        queues.contains(route.queue) && tasks?.contains(route.taskName) == true
    }
}
