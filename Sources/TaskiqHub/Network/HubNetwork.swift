// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqHubProtocol

/// What connects a hub with its peers.
public protocol HubNetwork: Sendable {
    /// Where clients connect, as it was bound.
    var address: String { get }

    /// Begins: peers' frames, posted events and the passing of time are handed over in batches, on one thread.
    ///
    /// - Parameter turn: takes a batch in; what it returns is sent, and no later than its deadline it is called again.
    func start(turn: @escaping @Sendable ([HubEvent]) -> HubTurn)

    /// Hands an event over from another thread.
    ///
    /// - Parameter event: the event.
    func post(_ event: HubEvent)

    /// Looks which deliveries a worker had begun, where that outlives its process.
    ///
    /// - Parameter worker: the worker, which cannot be reached.
    /// - Returns: the deliveries that had begun and were not over; nil when that cannot be told.
    func begun(by worker: PeerIdentity) -> Set<LeaseKey>?

    /// Forgets what a worker had begun that was given up, unless its process lives: it may come back.
    ///
    /// - Parameter worker: the worker.
    func forgetBegun(by worker: PeerIdentity)

    /// Forgets what workers had begun whose processes are gone.
    ///
    /// - Parameter known: those that may yet be asked about.
    func forgetAllBegun(except known: Set<PeerIdentity>)

    /// Returns when the hub's last turn was sent and everything is closed.
    func join() async
}

extension HubNetwork {
    /// Nothing is known.
    public func begun(by worker: PeerIdentity) -> Set<LeaseKey>? { nil }

    /// There is nothing to forget.
    public func forgetBegun(by worker: PeerIdentity) {}

    /// There is nothing to forget.
    public func forgetAllBegun(except known: Set<PeerIdentity>) {}
}
