// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// How many are inside at a time, and how many there were at most.
final class Counter: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    func enter() {
        counts.withLock { counts in
            counts.now += 1
            counts.most = max(counts.most, counts.now)
        }
    }

    func leave() { counts.withLock { $0.now -= 1 } }

    var most: Int { counts.withLock { $0.most } }
}
