// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHubProtocol

/// What a hub remembers for its operations.
struct OperationsState {
    /// Somebody who wants to be told of events.
    struct Subscription {
        /// The kinds of events; nil for all.
        var kinds: Set<String>?
        var queue: String?
        var taskName: String?
        /// How many were sent since something was last heard of the client.
        var unheard = 0
        /// How many were left out since the last one that was sent.
        var dropped: Int64 = 0
    }

    /// A worker that was asked to answer.
    struct Ping {
        var request: OperationRequest
        var worker: PeerIdentity
        /// In uptime milliseconds.
        var deadline: Int64
    }

    /// How many events go to a client of which nothing is heard.
    ///
    /// It says something each second, so that this is also how many it gets in a second. Well below what its queue
    /// takes, so that answers always find room.
    static let window = 1000
    /// How many clients may be told of events.
    static let maximumSubscriptions = 1000
    /// How many pings may be on their way.
    static let maximumPings = 1000
    /// How many queues may be paused.
    static let maximumPausedQueues = 10_000

    /// Nothing of these is delivered.
    var pausedQueues: Set<String> = []
    /// Messages whose workers were asked to cancel them, with the reason.
    var cancelling: [Int64: String] = [:]
    var subscriptions: [PeerID: Subscription] = [:]
    var pings: [UInt64: Ping] = [:]
    var lastPing: UInt64 = 0
    var droppedEvents: Int64 = 0
}
