// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Where the row of each number lies.
///
/// A message is looked up a dozen times in its life. Its number is the hub's own, so nobody can choose numbers that
/// collide, and a multiplication spreads them; a dictionary's hash, made to withstand strangers, costs several times as
/// much.
struct SequenceIndex {
    private struct Slot {
        var sequence: Int64
        /// Below zero when the slot is empty.
        var place: Int32
    }

    private static let smallest = 16

    // A power of two, at most three quarters full: who is not in his own slot is in one of the next.
    private var slots: [Slot]
    private(set) var count = 0

    init() {
        slots = Array(repeating: Slot(sequence: 0, place: -1), count: Self.smallest)
    }

    /// The numbers, in no particular order.
    var sequences: some Collection<Int64> {
        slots.lazy.filter { $0.place >= 0 }.map(\.sequence)
    }

    subscript(sequence: Int64) -> Int? {
        slots.withUnsafeBufferPointer { slots in
            var index = Self.home(of: sequence, in: slots.count)
            while slots[index].place >= 0 {
                if slots[index].sequence == sequence { return Int(slots[index].place) }
                index = (index + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// Notes the place of a number that has none yet.
    mutating func insert(_ place: Int, at sequence: Int64) {
        if (count + 1) * 4 > slots.count * 3 { grow() }
        put(Slot(sequence: sequence, place: Int32(truncatingIfNeeded: place)))
        count += 1
    }

    mutating func remove(_ sequence: Int64) {
        let mask = slots.count - 1
        var hole = Self.home(of: sequence, in: slots.count)
        while slots[hole].place >= 0, slots[hole].sequence != sequence { hole = (hole + 1) & mask }
        guard slots[hole].place >= 0 else { return }
        count -= 1
        // Those behind it that would no longer be found move up.
        var next = (hole + 1) & mask
        while slots[next].place >= 0 {
            let home = Self.home(of: slots[next].sequence, in: slots.count)
            if (next - home) & mask >= (next - hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        slots[hole].place = -1
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(sequence: 0, place: -1), count: old.count * 2)
        for slot in old where slot.place >= 0 { put(slot) }
    }

    private mutating func put(_ slot: Slot) {
        let mask = slots.count - 1
        var index = Self.home(of: slot.sequence, in: slots.count)
        while slots[index].place >= 0 { index = (index + 1) & mask }
        slots[index] = slot
    }

    /// The slot that a number is looked for in first.
    private static func home(of sequence: Int64, in count: Int) -> Int {
        let hash = UInt64(bitPattern: sequence) &* 0x9E37_79B9_7F4A_7C15
        // The upper bits are the well mixed ones.
        return Int(truncatingIfNeeded: hash >> 32) & (count - 1)
    }
}
