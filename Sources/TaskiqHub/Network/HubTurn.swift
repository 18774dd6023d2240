// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqHubProtocol

/// What a hub wants sent, and when it wants to be called again.
public struct HubTurn: Sendable {
    /// A frame on its way to a peer.
    public enum Outgoing: Sendable {
        /// To a client.
        case client(PeerID, Packet<ClientReply>)
        /// To a worker.
        case worker(PeerID, Packet<WorkerReply>)
    }

    /// What is sent, in order.
    public var outgoing: [Outgoing] = []
    /// When the hub wants to be called at the latest, in milliseconds of `HubClock.uptime`.
    public var deadline: Int64
    /// Whether the hub has nothing left to do: the network sends this and ends.
    public var isLast = false

    /// Makes a turn's result.
    ///
    /// - Parameter deadline: when the hub wants to be called at the latest.
    public init(deadline: Int64) {
        self.deadline = deadline
    }
}
