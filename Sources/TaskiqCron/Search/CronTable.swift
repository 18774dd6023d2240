// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// The expressions that are in use, so that equal ones share their storage and need no second parse.
///
/// Open addressing with linear probing over tags of one byte, so that a search seldom touches an expression that is not
/// the one. An entry holds its expression; those that nobody else holds any more are let go when the table is full,
/// before it grows, so its size follows what was in use at one time and never the number of texts that were ever parsed.
final class CronTable: @unchecked Sendable {
    static let shared = CronTable()

    /// Guards everything that changes; what the pointers lead to is more than `Mutex` could own.
    private let lock = Mutex(())
    private var slots: UnsafeMutableBufferPointer<CronStorage?>
    /// Part of the hash of what is in a slot; 0 for a free one.
    private var tags: UnsafeMutableBufferPointer<UInt8>
    private var count = 0
    /// Chosen per process, so that nobody can prepare texts that collide.
    private static let seed = UInt64.random(in: .min ... .max)

    init(capacity: Int = 64) {
        (slots, tags) = Self.emptySlots(capacity)
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
            if count &* 4 >= slots.count &* 3 {
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
        var index = start(of: hash)
        let tag = Self.tag(of: hash)
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

    /// Forgets what nobody uses, and takes a table of another size if that leaves it crowded or nearly empty.
    private func makeRoom() {
        rebuild(capacity: slots.count &* 2)
        if count &* 8 < slots.count { rebuild(capacity: max(64, count &* 4)) }
    }

    private func rebuild(capacity: Int) {
        let (oldSlots, oldTags) = (slots, tags)
        (slots, tags) = Self.emptySlots(capacity)
        count = 0
        for index in oldSlots.indices where oldTags[index] != 0 {
            // Whoever else held it could get it again only from here, so being the only owner is final.
            guard !isKnownUniquelyReferenced(&oldSlots[index]), let storage = oldSlots[index] else { continue }
            let hash = storage.withText { Self.hash($0, dialect: storage.header.dialect) }
            var target = start(of: hash)
            while tags[target] != 0 { target = following(target) }
            slots[target] = storage
            tags[target] = Self.tag(of: hash)
            count &+= 1
        }
        oldSlots.deinitialize().deallocate()
        oldTags.deallocate()
    }

    /// The low bits, because the place in the table comes from the high ones.
    private static func tag(of hash: UInt64) -> UInt8 {
        UInt8(truncatingIfNeeded: hash) | 1
    }

    private func start(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(slots.count)).high)
    }

    private func following(_ index: Int) -> Int {
        index &+ 1 == slots.count ? 0 : index &+ 1
    }

    private static func emptySlots(
        _ capacity: Int
    ) -> (UnsafeMutableBufferPointer<CronStorage?>, UnsafeMutableBufferPointer<UInt8>) {
        let slots = UnsafeMutableBufferPointer<CronStorage?>.allocate(capacity: capacity)
        slots.initialize(repeating: nil)
        let tags = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
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
