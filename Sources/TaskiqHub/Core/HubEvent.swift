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
    /// A peer sent a frame that is well formed, and says what this hub does not know, or says it wrongly.
    case notUnderstood(PeerID, HubSide, FrameHeader, reason: String)
    /// A peer could not be reached.
    case unreachable(PeerID, HubSide)
    /// A worker does not read, so that what it was told now is lost.
    case congested(PeerID)
    /// A delivery did not leave the hub: nobody has it.
    case undelivered(LeaseKey, PeerID)
    /// A group is on disk.
    case committed(group: Int64)
    /// The store failed; nothing more can be promised.
    case storeFailed(String)
    /// Bodies that were asked for.
    case bodies([(sequence: Int64, body: StoredBody)])
    /// Results that were asked for.
    case results(PeerID, correlation: UInt64, asked: [String], found: [String: StoredBody])
    /// Whether there is a result that was looked for.
    case found(PeerID, correlation: UInt64, taskID: String, isThere: Bool)
    /// The store found messages that are not what was stored.
    case damaged([ScrubReport.Damage])
    /// Which deliveries had begun and were not over when a worker was lost; nil when nobody knows.
    case begun(PeerIdentity, Set<LeaseKey>?)
    /// The disk has no room for new messages any more, or has room again.
    case disk(isLow: Bool)
    /// What an operation wanted to know of the store.
    case inquired(OperationRequest, HubFinding)
    /// A scheduler of this process wants slots to be decided.
    case fire(FireRequest, call: UInt64)
    /// Time has passed.
    case tick
    /// No more messages are taken; the hub is about to stop.
    case drain
}

extension HubEvent {
    /// What happens when a message of a peer cannot be read.
    ///
    /// - Parameters:
    ///   - error: why.
    ///   - peer: whose it is.
    ///   - side: where it came.
    /// - Returns: the event.
    public static func unread(_ error: ProtocolError, from peer: PeerID, _ side: HubSide) -> HubEvent {
        error.header.map { .notUnderstood(peer, side, $0, reason: error.description) }
            ?? .malformed(peer, side, reason: error.description)
    }
}
