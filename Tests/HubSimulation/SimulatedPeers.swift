// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub
import TaskiqHubProtocol

/// A connection of a client or a worker with the hub; a new one has a new name.
struct Connection {
    let number: Int
    let side: HubSide
    /// Whose it is: a place among the clients or the workers.
    let owner: Int
    /// Frames on their way to the hub, and to the peer, in order.
    var toHub: [[[UInt8]]] = []
    var toPeer: [[[UInt8]]] = []
    /// When the last of them arrives.
    var lastAtHub: Int64 = 0
    var lastAtPeer: Int64 = 0
    /// Until when nothing moves in this direction.
    var toHubPartedUntil: Int64 = 0
    var toPeerPartedUntil: Int64 = 0
    /// Until when the hub's side is full, and takes nothing.
    var fullUntil: Int64 = 0

    init(number: Int, side: HubSide, owner: Int) {
        self.number = number
        self.side = side
        self.owner = owner
    }

    var peer: PeerID { PeerID(Array("\(number)".utf8)) }
}

/// A client's process.
struct SimulatedClient {
    var identity: PeerIdentity
    var link: ClientLink
    var connection: Int
    /// What it has submitted and not been told of, by the number of the request.
    var pending: [UInt64: Submission] = [:]
    var lastRequest: UInt64 = 0
    var waits: Set<String> = []
    /// The tasks of which it has asked how they stand.
    var questions: Set<String> = []
}

/// A worker's process.
struct SimulatedWorker {
    static let credit = 3
    static let concurrency = 2

    var identity: PeerIdentity
    var link: WorkerLink
    var connection: Int
    /// Which life of the process it is.
    var life: Int
    var isAlive = true
    var isStopping = false
    var saidBye = false
    var pausedUntil: Int64 = 0
    /// What it holds and has not begun, in order.
    var waiting: [TaskDelivery] = []
    /// What it begins when the acknowledgement is stored.
    var acknowledging: [LeaseKey: TaskDelivery] = [:]
    var running: [LeaseKey: TaskDelivery] = [:]
    /// Those whose task has ended and which it wants to acknowledge now.
    var acknowledgingLate: Set<LeaseKey> = []
    var nextCut: Int64 = 0
}
