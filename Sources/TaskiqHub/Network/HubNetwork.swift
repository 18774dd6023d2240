// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

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

    /// Returns when the hub's last turn was sent and everything is closed.
    func join() async
}
