// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The messages that are not over, by their numbers.
///
/// They lie in blocks that never move: a dictionary of a million of them would copy itself whenever it grows.
struct MessageTable {
    private static let blockSize = 1024

    private var blocks: [[MessageEntry?]] = []
    private var places: [Int64: Int] = [:]
    private var free: [Int] = []

    var count: Int { places.count }

    var isEmpty: Bool { places.isEmpty }

    /// The numbers, in no particular order.
    var sequences: some Collection<Int64> { places.keys }

    /// The messages, in no particular order.
    var values: some Sequence<MessageEntry> {
        blocks.lazy.flatMap { $0 }.compactMap { $0 }
    }

    subscript(sequence: Int64) -> MessageEntry? {
        get {
            guard let place = places[sequence] else { return nil }
            return blocks[place / Self.blockSize][place % Self.blockSize]
        }
        _modify {
            if let place = places[sequence] {
                yield &blocks[place / Self.blockSize][place % Self.blockSize]
                if blocks[place / Self.blockSize][place % Self.blockSize] == nil { release(place, of: sequence) }
            } else {
                var entry: MessageEntry?
                yield &entry
                if let entry { insert(entry) }
            }
        }
    }

    /// Looks at a message where it lies.
    func look<Value>(at sequence: Int64, _ body: (borrowing MessageEntry) -> Value) -> Value? {
        guard let place = places[sequence] else { return nil }
        guard let entry = blocks[place / Self.blockSize][place % Self.blockSize] else { return nil }
        return body(entry)
    }

    mutating func removeValue(forKey sequence: Int64) -> MessageEntry? {
        guard let place = places[sequence] else { return nil }
        let entry = blocks[place / Self.blockSize][place % Self.blockSize]
        blocks[place / Self.blockSize][place % Self.blockSize] = nil
        release(place, of: sequence)
        return entry
    }

    private mutating func insert(_ entry: MessageEntry) {
        let place: Int
        if let last = free.popLast() {
            place = last
            blocks[place / Self.blockSize][place % Self.blockSize] = entry
        } else {
            place = blocks.count * Self.blockSize
            blocks.append(Array(repeating: nil, count: Self.blockSize))
            blocks[place / Self.blockSize][0] = entry
            // The lowest place last, so that it is taken first.
            free.append(contentsOf: (place + 1..<place + Self.blockSize).reversed())
        }
        places[entry.sequence] = place
    }

    private mutating func release(_ place: Int, of sequence: Int64) {
        places[sequence] = nil
        free.append(place)
    }
}
