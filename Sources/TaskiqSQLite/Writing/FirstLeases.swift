// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub
import TaskiqHubProtocol

/// The deliveries that a group decides right after it accepts their messages: they become part of the messages' rows.
struct FirstLeases {
    struct Lease {
        var attempt: Int32
        var worker: PeerIdentity
    }

    private var leases: [Int64: Lease] = [:]

    init(_ operations: [StoreOperation]) {
        var waiting: Set<Int64> = []
        for operation in operations {
            switch operation {
            case .insert(let message): waiting.insert(message.sequence)
            case .lease(let key, let worker):
                if waiting.remove(key.sequence) != nil {
                    leases[key.sequence] = Lease(attempt: key.attempt, worker: worker)
                }
            // Whatever else comes first makes the delivery one of several changes.
            case .release(let sequence, _, _), .acknowledge(let sequence), .complete(let sequence, _),
                .bury(let sequence, _, _, _), .quarantine(let sequence, _, _, _):
                if !waiting.isEmpty { waiting.remove(sequence) }
            case .retain(let key, _):
                waiting.remove(key.sequence)
            default: break
            }
        }
    }

    subscript(sequence: Int64) -> Lease? { leases[sequence] }

    /// Whether a delivery is part of its message's row; that is so for the first one only.
    mutating func take(_ key: LeaseKey, _ worker: PeerIdentity) -> Bool {
        leases.removeValue(forKey: key.sequence) != nil
    }
}
