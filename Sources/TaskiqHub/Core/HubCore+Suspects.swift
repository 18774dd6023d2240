// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHubProtocol

// When a worker dies, everything that ran on it may be the cause. What has been there so often that one more time would
// make it a dead letter runs alone: an innocent task ends well, and the one that kills its workers is found.
extension HubCore {
    func isSuspect(crashes: Int32) -> Bool {
        crashes > 0 && crashes >= configuration.crashLimit - 1
    }

    /// Gives each suspect that waits a worker of its own, or has a worker finish what it runs to make room.
    mutating func placeSuspects() {
        guard !suspects.isEmpty else { return }
        for sequence in suspects.sorted() {
            guard let entry = messages[sequence], entry.isReady else {
                // Over, or taken up by a worker that came back.
                suspects.remove(sequence)
                continue
            }
            if let worker = worker(forSuspect: sequence, entry) {
                suspects.remove(sequence)
                workers[worker]?.suspect = sequence
                assign(sequence, to: worker)
            }
        }
    }

    /// A worker that runs nothing else; one is kept free of new work until it is such a worker.
    private mutating func worker(forSuspect sequence: Int64, _ entry: MessageEntry) -> PeerIdentity? {
        guard !isPaused(entry.route) else {
            // Others need not wait for it meanwhile.
            endReservations(for: sequence)
            return nil
        }
        let route = routes[entry.route]
        let able = workers.values.filter { worker in
            worker.goneSince == nil && !worker.isCongested && worker.credit > 0 && !worker.about.isDraining
                && worker.serves(route)
                && (worker.suspect == nil || worker.suspect == sequence)
        }
        if let idle = able.filter(\.isIdle).min(by: { $0.session < $1.session }) {
            // One that was kept for it is not needed any more.
            endReservations(for: sequence)
            return idle.identity
        }
        guard !able.contains(where: { $0.suspect == sequence }) else { return nil }
        // One that was kept for it and can no longer take it.
        endReservations(for: sequence)
        let least = able.min { ($0.held.count, $0.session) < ($1.held.count, $1.session) }
        if let least { workers[least.identity]?.suspect = sequence }
        return nil
    }

    /// A message is over that may have been kept a worker for.
    mutating func forgetSuspect(_ sequence: Int64) {
        suspects.remove(sequence)
        endReservations(for: sequence)
    }

    /// No worker is kept free for a message any more.
    mutating func endReservations(for sequence: Int64) {
        for worker in workers.values where worker.suspect == sequence {
            workers[worker.identity]?.suspect = nil
            mayDispatch = true
        }
    }
}
