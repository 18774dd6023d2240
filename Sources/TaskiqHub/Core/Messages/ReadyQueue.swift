// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import HeapModule

/// The messages of one route that wait for a worker: the most urgent first, of equals the oldest.
///
/// New messages come in the order of their numbers, so a queue for each priority takes and gives them at no cost that
/// grows with their number; those that come back are few and wait in a heap beside it.
struct ReadyQueue {
    struct Key: Comparable {
        var priority: UInt8
        var sequence: Int64

        static func < (left: Key, right: Key) -> Bool {
            (right.priority, left.sequence) < (left.priority, right.sequence)
        }
    }

    private struct Lane {
        var priority: UInt8
        var fresh: Deque<Int64> = []
        var returned = Heap<Int64>()

        var first: Int64? {
            guard let fresh = fresh.first else { return returned.min }
            guard let returned = returned.min else { return fresh }
            return min(fresh, returned)
        }

        mutating func insert(_ sequence: Int64) {
            if let last = fresh.last, last > sequence { returned.insert(sequence) } else { fresh.append(sequence) }
        }

        mutating func remove(first sequence: Int64) {
            if fresh.first == sequence { fresh.removeFirst() } else { _ = returned.popMin() }
        }
    }

    // In order of urgency; there are ten at most.
    private var lanes: [Lane] = []

    mutating func insert(_ key: Key) {
        let index = lanes.firstIndex { $0.priority <= key.priority } ?? lanes.endIndex
        if index == lanes.endIndex || lanes[index].priority != key.priority {
            lanes.insert(Lane(priority: key.priority), at: index)
        }
        lanes[index].insert(key.sequence)
    }

    /// The most urgent key that is still valid; keys that are not are dropped on the way.
    mutating func first(where isValid: (Int64) -> Bool) -> Key? {
        for index in lanes.indices {
            if let sequence = first(of: index, where: isValid) {
                return Key(priority: lanes[index].priority, sequence: sequence)
            }
        }
        return nil
    }

    /// The oldest key that is still valid, whatever its priority.
    mutating func oldest(where isValid: (Int64) -> Bool) -> Key? {
        var oldest: Key?
        for index in lanes.indices {
            guard let sequence = first(of: index, where: isValid) else { continue }
            if oldest.map({ sequence < $0.sequence }) ?? true {
                oldest = Key(priority: lanes[index].priority, sequence: sequence)
            }
        }
        return oldest
    }

    /// The keys in the order of their turns, up to so many of them, as far as that is known beforehand: those that came
    /// back are not among them.
    ///
    /// - Parameters:
    ///   - count: how many keys at most.
    ///   - visit: is told of each, and says whether to go on.
    func visitUpcoming(_ count: Int, _ visit: (Int64) -> Bool) {
        var rest = count
        for lane in lanes {
            for sequence in lane.fresh.prefix(rest) where !visit(sequence) { return }
            rest -= min(rest, lane.fresh.count)
        }
    }

    /// The key whose turn comes after so many others; nil if there are not so many.
    func upcoming(after count: Int) -> Int64? {
        var index = count
        for lane in lanes {
            if index < lane.fresh.count { return lane.fresh[index] }
            index -= lane.fresh.count
        }
        return nil
    }

    /// Takes a key out that is the first of its priority.
    mutating func remove(_ key: Key) {
        guard let index = lanes.firstIndex(where: { $0.priority == key.priority }) else { return }
        lanes[index].remove(first: key.sequence)
    }

    private mutating func first(of index: Int, where isValid: (Int64) -> Bool) -> Int64? {
        while let sequence = lanes[index].first {
            if isValid(sequence) { return sequence }
            lanes[index].remove(first: sequence)
        }
        return nil
    }
}
