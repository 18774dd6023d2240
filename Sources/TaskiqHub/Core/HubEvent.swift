// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
public import TaskiqHubProtocol

/// What happens to a hub.
public enum HubEvent: Sendable {
    /// A client says something.
    case client(PeerID, Packet<ClientCommand>)
    /// A worker says something.
    case worker(PeerID, Packet<WorkerCommand>)
    /// A peer sent what is no frame of the protocol.
    case malformed(PeerID, HubSide, reason: String)
    /// A peer could not be reached.
    case unreachable(PeerID, HubSide)
    /// A group is on disk.
    case committed(group: Int64)
    /// The store failed; nothing more can be promised.
    case storeFailed(String)
    /// Bodies that were asked for.
    case bodies([(sequence: Int64, body: [UInt8])])
    /// Results that were asked for.
    case results(PeerID, correlation: UInt64, asked: [String], found: [String: [UInt8]])
    /// Whether there is a result that was looked for.
    case found(PeerID, correlation: UInt64, taskID: String, isThere: Bool)
    /// A scheduler of this process wants slots to be decided.
    case fire(FireRequest, call: UInt64)
    /// Time has passed.
    case tick
    /// No more messages are taken; the hub is about to stop.
    case drain
}
