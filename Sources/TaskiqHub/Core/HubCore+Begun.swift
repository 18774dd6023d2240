// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHubProtocol

/// What is known of what a worker had begun that is about to be given up.
enum BegunRuns {
    /// It is being found out.
    case asked
    /// What its machine remembers; nil when nothing does.
    case told(Set<LeaseKey>?)
}

extension HubCore {
    /// Has somebody look what a worker had begun.
    ///
    /// - Returns: whether the answer is there.
    mutating func hasLookedAt(_ identity: PeerIdentity) -> Bool {
        switch begunRuns[identity] {
        case .told: return true
        case .asked: return false
        case nil:
            begunRuns[identity] = .asked
            effects.append(.findBegun(identity))
            return false
        }
    }

    /// Takes the answer, at the end of a worker.
    mutating func takeBegun(_ identity: PeerIdentity) -> Set<LeaseKey>? {
        guard case .told(let leases)? = begunRuns.removeValue(forKey: identity) else { return nil }
        return leases
    }

    /// Has it forgotten what a worker had begun, when what follows from it is on disk.
    mutating func forgetBegun(_ identity: PeerIdentity) {
        afterCommit(.effect(.forgetBegun(identity)))
    }

    mutating func handleBegun(_ identity: PeerIdentity, _ leases: Set<LeaseKey>?) {
        // It may have greeted anew meanwhile.
        guard case .asked? = begunRuns[identity] else { return }
        begunRuns[identity] = .told(leases)
        loseSilent()
        loseInherited()
    }

    /// What a lost worker may have been running.
    ///
    /// A task that ends its process with its first step takes the word that it began along. Where the machine remembers
    /// nothing either, what counts is not that word alone: a worker takes up its deliveries in their order, as many at a
    /// time as it runs, and those have begun or were about to. (In the order of their numbers, which is nearly that of
    /// their delivery.)
    func mayHaveBegun(in worker: WorkerSession, _ told: Set<LeaseKey>?) -> Set<Int64> {
        if let told {
            return worker.held.filter { sequence in
                messages[sequence].map { told.contains(LeaseKey(sequence: sequence, attempt: $0.attempt)) } ?? false
            }
        }
        let running = worker.held.filter { messages[$0]?.lease?.mayBeRunning ?? false }
        let waiting = worker.held.subtracting(running).sorted()
        return running.union(waiting.prefix(max(0, worker.concurrency - running.count)))
    }
}
