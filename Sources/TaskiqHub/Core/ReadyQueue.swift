// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import HeapModule

/// The order in which ready messages of one route go out: higher priority first, then the older.
struct ReadyQueue {
    struct Key: Comparable {
        var priority: UInt8
        var sequence: Int64

        static func < (left: Key, right: Key) -> Bool {
            (right.priority, left.sequence) < (left.priority, right.sequence)
        }
    }

    private var heap = Heap<Key>()

    mutating func insert(_ key: Key) {
        heap.insert(key)
    }

    /// The first key that is still valid; keys that are not are dropped on the way.
    mutating func first(where isValid: (Int64) -> Bool) -> Key? {
        while let key = heap.min {
            if isValid(key.sequence) { return key }
            heap.removeMin()
        }
        return nil
    }

    mutating func removeFirst() {
        _ = heap.popMin()
    }
}
