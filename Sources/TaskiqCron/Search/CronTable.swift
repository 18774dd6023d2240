// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// The expressions that are in use, so that equal ones share their storage and need no second parse.
///
/// Open addressing with linear probing over tags, so that neither a search nor growth touches expressions that are not
/// asked for. An entry holds its expression; those that nobody else holds any more are let go when there are four times
/// as many entries as were in use the last time, so the size follows what is in use and never the number of texts that
/// were ever parsed.
final class CronTable: @unchecked Sendable {
    static let shared = CronTable()

    /// Guards everything that changes; what the pointers lead to is more than `Mutex` could own.
    private let lock = Mutex(())
    private var slots: UnsafeMutableBufferPointer<CronStorage?>
    /// The high half of the hash of what is in a slot; 0 for a free one.
    private var tags: UnsafeMutableBufferPointer<UInt32>
    private var count = 0
    /// From how many entries on those that nobody uses are let go.
    private var sweepCount = minimumCapacity
    private static let minimumCapacity = 64
    /// Chosen per process, so that nobody can prepare texts that collide.
    private static let seed = UInt64.random(in: .min ... .max)

    init() {
        (slots, tags) = Self.emptySlots(Self.minimumCapacity)
    }

    deinit {
        slots.deinitialize().deallocate()
        tags.deallocate()
    }

    /// The hash of a text in a dialect.
    static func hash(_ text: UnsafeBufferPointer<UInt8>, _ dialect: CronDialect) -> UInt64 {
        hash(text, dialect: dialect.identifier)
    }

    private static func hash(_ text: UnsafeBufferPointer<UInt8>, dialect: UInt16) -> UInt64 {
        var hash = seed ^ UInt64(truncatingIfNeeded: text.count) << 8 ^ UInt64(dialect)
        let bytes = UnsafeRawBufferPointer(text)
        var index = 0
        while index &+ 8 <= bytes.count {
            hash = mixed(hash ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index &+= 8
        }
        var rest: UInt64 = 0
        while index < bytes.count {
            rest = rest << 8 | UInt64(bytes[index])
            index &+= 1
        }
        return mixed(hash ^ rest)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }

    /// The expression with a text, if there is one.
    func find(_ text: UnsafeBufferPointer<UInt8>, _ dialect: CronDialect, hash: UInt64) -> CronExpression? {
        lock.withLock { _ in
            slots[slot(of: text, dialect, hash: hash)].map { CronExpression(storage: $0) }
        }
    }

    /// Adds an expression, unless there is one with its text already, which then takes its place.
    func insert(
        _ storage: CronStorage,
        _ text: UnsafeBufferPointer<UInt8>,
        _ dialect: CronDialect,
        hash: UInt64
    ) -> CronExpression {
        lock.withLock { _ in
            var index = slot(of: text, dialect, hash: hash)
            if let present = slots[index] { return CronExpression(storage: present) }
            if count &* 8 >= slots.count &* 7 {
                makeRoom()
                index = slot(of: text, dialect, hash: hash)
            }
            slots[index] = storage
            tags[index] = Self.tag(of: hash)
            count &+= 1
            return CronExpression(storage: storage)
        }
    }

    /// How many expressions are held, also those that nobody else holds any more.
    var heldCount: Int { lock.withLock { _ in count } }

    /// The slot that has a text, or the free one where it belongs.
    private func slot(of text: UnsafeBufferPointer<UInt8>, _ dialect: CronDialect, hash: UInt64) -> Int {
        let tag = Self.tag(of: hash)
        var index = start(of: tag)
        while tags[index] != 0 {
            if tags[index] == tag, let storage = slots[index], storage.header.dialect == dialect.identifier {
                let isSame = storage.withText { other in
                    other.count == text.count && UnsafeRawBufferPointer(other).isEqual(to: UnsafeRawBufferPointer(text))
                }
                if isSame { return index }
            }
            index = following(index)
        }
        return index
    }

    /// Lets go what nobody uses if it is time for that, and takes a larger table, or a smaller one if few are left.
    private func makeRoom() {
        var capacity = slots.count &+ slots.count / 2
        if count >= sweepCount {
            sweep()
            sweepCount = max(Self.minimumCapacity, count &* 4)
            if count &* 2 < slots.count { capacity = max(Self.minimumCapacity, count &* 2) }
        }
        rebuild(capacity: capacity)
    }

    /// Lets go what nobody uses; the table must be rebuilt before the next search.
    private func sweep() {
        for index in slots.indices where tags[index] != 0 {
            // Whoever else held it could get it again only from here, so being the only owner is final.
            guard isKnownUniquelyReferenced(&slots[index]) else { continue }
            slots[index] = nil
            tags[index] = 0
            count &-= 1
        }
    }

    private func rebuild(capacity: Int) {
        let (oldSlots, oldTags) = (slots, tags)
        (slots, tags) = Self.emptySlots(capacity)
        guard let source = oldSlots.baseAddress, let target = slots.baseAddress else { return }
        for index in oldSlots.indices where oldTags[index] != 0 {
            var place = start(of: oldTags[index])
            while tags[place] != 0 { place = following(place) }
            // A move leaves the count of references, and with it the expression's memory, alone.
            (target + place).moveInitialize(from: source + index, count: 1)
            tags[place] = oldTags[index]
        }
        oldSlots.deallocate()
        oldTags.deallocate()
    }

    private static func tag(of hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash >> 32) | 1
    }

    private func start(of tag: UInt32) -> Int {
        Int(truncatingIfNeeded: (UInt64(tag) &* UInt64(slots.count)) >> 32)
    }

    private func following(_ index: Int) -> Int {
        index &+ 1 == slots.count ? 0 : index &+ 1
    }

    private static func emptySlots(
        _ capacity: Int
    ) -> (UnsafeMutableBufferPointer<CronStorage?>, UnsafeMutableBufferPointer<UInt32>) {
        let slots = UnsafeMutableBufferPointer<CronStorage?>.allocate(capacity: capacity)
        slots.initialize(repeating: nil)
        let tags = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: capacity)
        tags.initialize(repeating: 0)
        return (slots, tags)
    }
}

extension UnsafeRawBufferPointer {
    /// Whether two pieces of memory of one size have the same bytes, compared eight at a time.
    fileprivate func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index &+ 8 <= count {
            let (first, second) = (
                loadUnaligned(fromByteOffset: index, as: UInt64.self),
                other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            )
            if first != second { return false }
            index &+= 8
        }
        while index < count {
            if self[index] != other[index] { return false }
            index &+= 1
        }
        return true
    }
}
