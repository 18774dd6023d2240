// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Numbers by identities of sixteen bytes that strangers choose.
///
/// A dictionary spends more on its hash than on all the rest, several times for each message. Here two multiplications
/// do, which start from a number that nobody outside this process knows, so that nobody can choose identities that
/// collide. Where a number lies depends on it; what is found does not, and nothing is listed in that order.
struct IdentityIndex {
    private struct Slot {
        var high: UInt64
        var low: UInt64
        /// `empty` when there is none.
        var number: Int64
    }

    private static let smallest = 16
    private static let empty = Int64.min
    private static let processSeed = UInt64.random(in: .min ... .max)

    private let seed = Self.processSeed
    // A power of two, at most three quarters full: who is not in his own slot is in one of the next.
    private var slots = Array(repeating: Slot(high: 0, low: 0, number: Self.empty), count: Self.smallest)
    private(set) var count = 0

    /// The number of an identity, which is not the smallest there is; nil for none.
    subscript(high: UInt64, low: UInt64) -> Int64? {
        get {
            let number = slots[place(of: high, low)].number
            return number == Self.empty ? nil : number
        }
        set {
            let place = place(of: high, low)
            if let newValue {
                let isNew = slots[place].number == Self.empty
                slots[place] = Slot(high: high, low: low, number: newValue)
                guard isNew else { return }
                count += 1
                if count * 4 > slots.count * 3 { grow() }
            } else if slots[place].number != Self.empty {
                remove(place)
            }
        }
    }

    /// The slot where an identity is, or would be.
    private func place(of high: UInt64, _ low: UInt64) -> Int {
        slots.withUnsafeBufferPointer { slots in
            var place = home(of: high, low, in: slots.count)
            while slots[place].number != Self.empty, slots[place].low != low || slots[place].high != high {
                place = (place + 1) & (slots.count - 1)
            }
            return place
        }
    }

    private mutating func remove(_ place: Int) {
        let mask = slots.count - 1
        var hole = place
        count -= 1
        // Those behind it that would no longer be found move up.
        var next = (hole + 1) & mask
        while slots[next].number != Self.empty {
            let home = home(of: slots[next].high, slots[next].low, in: slots.count)
            if (next - home) & mask >= (next - hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        slots[hole].number = Self.empty
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(high: 0, low: 0, number: Self.empty), count: old.count * 2)
        for slot in old where slot.number != Self.empty { slots[place(of: slot.high, slot.low)] = slot }
    }

    /// The slot in which an identity is looked for first.
    private func home(of high: UInt64, _ low: UInt64, in count: Int) -> Int {
        var hash = (high ^ seed) &* 0x9E37_79B9_7F4A_7C15
        hash = (hash ^ hash >> 32 ^ low) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: hash >> 32) & (count - 1)
    }
}
