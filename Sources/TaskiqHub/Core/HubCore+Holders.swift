// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHubProtocol

// Whose a delivery was that has been given up: its worker may still come back with it, and nobody else may.
extension HubCore {
    /// Of so many deliveries of each message: one may be given back any number of times.
    private static let rememberedHolders: Int32 = 16

    /// Remembers whose a delivery was that is given up now.
    mutating func rememberHolder(of lease: LeaseKey, _ worker: PeerIdentity) {
        formerHolders[lease.sequence, default: [:]][lease.attempt] = worker
        formerHolders[lease.sequence]?[lease.attempt - Self.rememberedHolders] = nil
    }

    /// Whether a worker may speak of a delivery of a message that is not over: it has it, or had it.
    ///
    /// Of deliveries of the hub's last life nothing is remembered, and whoever names one is believed.
    func mayHaveHeld(_ lease: LeaseKey, _ worker: PeerIdentity, _ entry: MessageEntry) -> Bool {
        guard lease.attempt > 0, lease.attempt <= entry.attempt else { return false }
        if lease.attempt == entry.attempt, let held = entry.lease { return held.worker == worker }
        return formerHolders[lease.sequence]?[lease.attempt].map { $0 == worker } ?? true
    }
}
