// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// A fixed number of counts that any thread may raise without a lock.
final class AtomicCounts: @unchecked Sendable {
    // Unchecked, because the standard library has no array of atomics: the memory belongs to this object alone, is made
    // and freed with it, and is otherwise touched through the atomics only.
    private let counts: UnsafeMutableBufferPointer<Atomic<UInt64>>

    init(count: Int) {
        counts = .allocate(capacity: count)
        for index in 0..<count { counts.initializeElement(at: index, to: Atomic(0)) }
    }

    deinit {
        counts.deinitialize()
        counts.deallocate()
    }

    func raise(_ index: Int) {
        counts[index].wrappingAdd(1, ordering: .relaxed)
    }

    var values: [UInt64] {
        counts.indices.map { counts[$0].load(ordering: .relaxed) }
    }
}
