// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import HeapModule
import Taskiq
import TaskiqCron
import TaskiqHubProtocol

extension HubCore {
    /// Gives ready messages to workers that have room for them, the most urgent first.
    mutating func dispatch() {
        mayDispatch = false
        guard !isDraining else { return }
        while let (route, key, worker) = nextAssignment() {
            ready[route]?.removeFirst()
            assign(key.sequence, to: worker)
        }
        if !wantedBodies.isEmpty {
            effects.append(.readBodies(wantedBodies))
            wantedBodies = []
        }
    }

    private mutating func nextAssignment() -> (Route, ReadyQueue.Key, PeerIdentity)? {
        let free = workers.values.filter { $0.freeCredit > 0 }
        guard !free.isEmpty else { return nil }
        var best: (Route, ReadyQueue.Key, PeerIdentity)?
        // A copy of the keys: walking the dictionary itself would copy it all at the first change.
        for route in Array(ready.keys) {
            let messages = messages
            guard let key = ready[route]?.first(where: { messages[$0]?.isReady == true }) else {
                ready[route] = nil
                continue
            }
            if let best, best.1 < key { continue }
            // The one with the most room; of equals, the one whose turn is longest ago.
            let candidates = free.filter { $0.serves(route) }
            if let worker = candidates.min(by: { $0.precedes($1) }) {
                best = (route, key, worker.identity)
            }
        }
        return best
    }

    /// Writes the lease, and sends the task once that is on disk.
    private mutating func assign(_ sequence: Int64, to identity: PeerIdentity) {
        guard var entry = messages[sequence], let worker = workers[identity] else { return }
        guard entry.hasBody else {
            entry.state = .loading(for: identity)
            messages[sequence] = entry
            // The room is kept for it, so that no more bodies are read than can be used.
            workers[identity]?.loading.insert(sequence)
            wantedBodies.append(sequence)
            return
        }
        entry.attempt += 1
        entry.state = .leased(MessageEntry.Lease(worker: identity))
        messages[sequence] = entry
        workers[identity]?.held.insert(sequence)
        deliveryCount += 1
        workers[identity]?.lastServed = deliveryCount
        let lease = LeaseKey(sequence: sequence, attempt: entry.attempt)
        store(.lease(lease, worker: identity))
        let delivery = TaskDelivery(
            lease: lease,
            queue: entry.message.queue,
            enqueuedAt: entry.message.enqueuedAt,
            isRedelivered: entry.crashes > 0 || entry.unacknowledgedAttempt > 0,
            body: entry.message.body
        )
        let packet = Packet(WorkerReply.task(delivery), session: worker.session, epoch: epoch)
        afterCommit(.effect(.sendToWorker(worker.peer, packet)))
    }

    /// Gives the room back that was kept for a message while its body was read.
    mutating func stopLoading(_ entry: MessageEntry) {
        guard case .loading(let identity) = entry.state else { return }
        workers[identity]?.loading.remove(entry.message.sequence)
        mayDispatch = true
    }

    mutating func handle(_ bodies: [(sequence: Int64, body: StoredBody)]) {
        for (sequence, stored) in bodies {
            guard var entry = messages[sequence] else { continue }
            let body: [UInt8]
            switch stored {
            case .intact(let bytes): body = bytes
            case .damaged(let reason):
                quarantine(sequence, reason: reason)
                continue
            }
            entry.message.body = body
            entry.hasBody = true
            messages[sequence] = entry
            if case .loading = entry.state {
                stopLoading(entry)
                queue(sequence)
            }
        }
    }
}
