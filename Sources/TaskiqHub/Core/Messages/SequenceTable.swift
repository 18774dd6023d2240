// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Rows by the numbers that the hub gives out in order: messages, and what a store in memory keeps of them.
///
/// They lie in blocks that never move: a dictionary of a million of them would copy itself whenever it grows.
struct SequenceTable<Row> {
    private static var blockSize: Int { 1024 }

    private var blocks: [[Row?]] = []
    private var places = SequenceIndex()
    private var free: [Int] = []

    var count: Int { places.count }

    var isEmpty: Bool { places.count == 0 }

    /// The numbers, in no particular order.
    var sequences: some Collection<Int64> { places.sequences }

    /// The rows, in no particular order.
    var values: some Sequence<Row> {
        blocks.lazy.flatMap { $0 }.compactMap { $0 }
    }

    subscript(sequence: Int64) -> Row? {
        get {
            guard let place = places[sequence] else { return nil }
            return blocks[place / Self.blockSize][place % Self.blockSize]
        }
        _modify {
            if let place = places[sequence] {
                yield &blocks[place / Self.blockSize][place % Self.blockSize]
                if blocks[place / Self.blockSize][place % Self.blockSize] == nil { release(place, of: sequence) }
            } else {
                var row: Row?
                yield &row
                if let row { insert(row, at: sequence) }
            }
        }
    }

    /// Whether there is a row of a number; nothing is copied to find out.
    func contains(_ sequence: Int64) -> Bool { places[sequence] != nil }

    /// Looks at a row where it lies.
    func look<Value>(at sequence: Int64, _ body: (borrowing Row) -> Value) -> Value? {
        guard let place = places[sequence] else { return nil }
        guard let row = blocks[place / Self.blockSize][place % Self.blockSize] else { return nil }
        return body(row)
    }

    /// Changes a row, or looks at it, where it lies; copies nothing.
    @discardableResult
    mutating func update<Value>(_ sequence: Int64, _ body: (inout Row) -> Value) -> Value? {
        guard let place = places[sequence] else { return nil }
        return blocks[place / Self.blockSize][place % Self.blockSize].mutate(body)
    }

    mutating func removeValue(forKey sequence: Int64) -> Row? {
        guard let place = places[sequence] else { return nil }
        let row = blocks[place / Self.blockSize][place % Self.blockSize].take()
        release(place, of: sequence)
        return row
    }

    private mutating func insert(_ row: Row, at sequence: Int64) {
        let place: Int
        if let last = free.popLast() {
            place = last
            blocks[place / Self.blockSize][place % Self.blockSize] = row
        } else {
            place = blocks.count * Self.blockSize
            blocks.append(Array(repeating: nil, count: Self.blockSize))
            blocks[place / Self.blockSize][0] = row
            // The lowest place last, so that it is taken first.
            free.append(contentsOf: (place + 1..<place + Self.blockSize).reversed())
        }
        places.insert(place, at: sequence)
    }

    private mutating func release(_ place: Int, of sequence: Int64) {
        places.remove(sequence)
        free.append(place)
    }
}

extension SequenceTable: Sendable where Row: Sendable {}

/// The messages that are not over.
typealias MessageTable = SequenceTable<MessageEntry>
