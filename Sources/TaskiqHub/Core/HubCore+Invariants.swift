// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import HeapModule
import TaskiqHubProtocol

// What must be true of the core after each turn; simulations and fuzzers ask, production does not.
extension HubCore {
    /// A sentence about the first thing that is not as it must be; nil if all is well.
    ///
    /// It walks through everything, so it is no question for each event of a large hub.
    package func brokenInvariant() -> String? {
        brokenHoldings() ?? brokenMessages() ?? brokenBounds()
    }

    /// The messages that are not over, for people.
    package var messagesInWords: [String] {
        messages.values.sorted { $0.sequence < $1.sequence }.map { "\($0.sequence): \($0.state)" }
    }

    /// How many workers and clients it knows.
    package var peerCount: Int { workers.count + clients.count }

    /// A message is held by the worker that its lease names, and by nobody else.
    private func brokenHoldings() -> String? {
        for worker in workers.values {
            guard worker.held.isDisjoint(with: worker.unacknowledged) else {
                return "\(worker.name) runs a message, and waits for its acknowledgement"
            }
            for sequence in worker.held.union(worker.unacknowledged) {
                guard let lease = messages[sequence]?.lease, lease.worker == worker.identity,
                    (lease.acknowledgeBefore != nil) == worker.unacknowledged.contains(sequence)
                else { return "\(worker.name) is said to hold \(sequence), and does not" }
            }
            guard workersByPeer[worker.peer] == worker.identity else { return "\(worker.name) cannot be found" }
        }
        guard workersByPeer.count == workers.count else { return "workers are known that are not there" }
        return nil
    }

    private func brokenMessages() -> String? {
        var cached = 0
        for entry in messages.values {
            let sequence = entry.sequence
            if entry.hasBody { cached += entry.body.count }
            guard entry.crashes >= 0, entry.crashes <= entry.attempt else {
                return "\(sequence) has crashed \(entry.crashes) times in \(entry.attempt) deliveries"
            }
            switch entry.state {
            case .leased(let lease):
                guard let worker = workers[lease.worker] else {
                    // Of the last life; its worker may come back until the time for that is over.
                    if adoptionDeadline == nil { return "\(sequence) is leased to a worker that is not there" }
                    continue
                }
                let holds = worker.held.contains(sequence) || worker.unacknowledged.contains(sequence)
                guard holds || lease.isInherited else { return "\(sequence) is leased to a worker that has not got it" }
            case .loading(let identity):
                guard workers[identity] == nil || workers[identity]?.loading.contains(sequence) == true else {
                    return "\(sequence) is loaded for a worker that has no room for it"
                }
            case .ready, .delayed: break
            }
        }
        let reading = messages.values.reduce(0) { $1.isReading ? $0 + $1.sizeToRead(configuration.maximumBody) : $0 }
        guard reading == bytesBeingRead else { return "\(bytesBeingRead) bytes are said to be read, \(reading) are" }
        return cached == cachedBodyBytes ? nil : "\(cachedBodyBytes) bytes of bodies are counted, there are \(cached)"
    }

    /// Nothing grows but with what is live: messages, sessions, and keys that are remembered for a time.
    private func brokenBounds() -> String? {
        let live = messages.count
        let waits = clients.values.reduce(0) { $0 + $1.waits.count }
        let waiting = waiters.values.reduce(0) { $0 + $1.count }
        let routed = routes.live.reduce(0) { $0 + routes.count(of: $1) }
        let bounds: [(name: String, count: Int, bound: Int)] = [
            ("tasks", sequenceOfTask.count, live),
            ("messages of routes", routed, live),
            // An entry that is no longer valid goes when it comes to the top.
            ("delayed", delayed.count, 4 * live + 1000 + rowsToForget),
            ("expiring", expiring.count, 4 * live + 1000 + rowsToForget),
            ("unique keys", uniqueKeys.count, live),
            ("suspects", suspects.count, live),
            ("unacknowledged", unacknowledged.count, 4 * live + 1000),
            ("bodies that are wanted", wantedBodies.count, 0),
            ("tasks that are waited for", waiters.count, waiting),
            ("waiters", waiting, waits),
            ("strikes", strikes.count, 4096),
            ("complaints", complaints.count, 4096),
            ("reports", progress.count, configuration.maximumProgressReports),
            ("lost workers that are looked at", begunRuns.count, workers.count + inherited.count),
            ("inherited", inherited.values.reduce(0) { $0 + $1.count }, adoptionDeadline == nil ? 0 : .max),
            // Trimmed when one is added: for a while it is as long as many workers made it.
            ("lists of tasks", catalogueHashes.count, 2 * (workers.count + catalogues.count) + 1000),
        ]
        guard let broken = bounds.first(where: { $0.count > $0.bound }) else { return nil }
        return "there are \(broken.count) \(broken.name), \(broken.bound) at most are right"
    }
}
