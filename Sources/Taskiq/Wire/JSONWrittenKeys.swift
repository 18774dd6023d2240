// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The keys of an object in the making, kept just well enough to notice one that comes a second time.
///
/// Keys of different shape, as nearly all are, cost one bit; only when two look alike is the written text searched, and
/// objects of very many keys get a set.
struct JSONWrittenKeys {
    private static let longestSearch = 16
    private var shapes = JSONKeyShapes()
    private var count = 0
    private var names: Set<String>?

    /// Remembers a key; false if the object, whose text so far starts at a place, has it already.
    @inline(__always)
    mutating func insert(_ key: String, into text: borrowing JSONBuffer, from start: Int) -> Bool {
        count += 1
        var spelling = key
        if spelling.withUTF8({ shapes.insert($0) }), count <= Self.longestSearch { return true }
        return insertLookalike(key, text, start)
    }

    private mutating func insertLookalike(_ key: String, _ text: borrowing JSONBuffer, _ start: Int) -> Bool {
        if count > Self.longestSearch { return insertIntoSet(key, text, start) }
        return !Self.keys(of: text, from: start).contains(key)
    }

    private mutating func insertIntoSet(_ key: String, _ text: borrowing JSONBuffer, _ start: Int) -> Bool {
        if names == nil { names = Set(Self.keys(of: text, from: start)) }
        return names?.insert(key).inserted == true
    }

    private static func keys(of text: borrowing JSONBuffer, from start: Int) -> [String] {
        var keys: [String] = []
        text.withBytes { buffer in
            var cursor = JSONCursor(buffer, from: start, to: buffer.count)
            // The object has no end yet, which ends the loop with an error that says so.
            try? cursor.object { (cursor, key) throws(TaskiqError) in
                keys.append(cursor.text(of: key))
                _ = try cursor.value()
            }
        }
        return keys
    }
}
