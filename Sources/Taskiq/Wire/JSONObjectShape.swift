// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What is known of an object that was stepped over.
struct JSONObjectShape {
    let range: Range<Int>
    private var count = 0
    /// Whether all keys are certain to be different; not asked of very many.
    private var isDistinct = true

    /// Steps over an object, which comes next.
    @inline(__always)
    init(of cursor: inout JSONCursor, depth: Int) throws(TaskiqError) {
        let start = cursor.position
        var count = 0
        var keys = JSONKeyShapes()
        var isDistinct = true
        try cursor.object { (cursor, key) throws(TaskiqError) in
            count += 1
            if isDistinct {
                // Very many are cut up anyway, by a table; to compare each with those before it would cost the square.
                isDistinct =
                    count <= KeywordArguments.mostInText && !key.isEscaped
                    && (keys.insert(cursor.content(of: key)) || !cursor.hasKey(key, inObjectAt: start))
            }
            _ = try cursor.value(depth: depth + 1)
        }
        range = start..<cursor.position
        self.count = count
        self.isDistinct = isDistinct
    }

    /// The object as keyword arguments, given the text that it stands in.
    func keywords(in text: [UInt8]) throws(TaskiqError) -> KeywordArguments {
        let object = JSONFragment(trusting: text, range: range)
        return isDistinct ? KeywordArguments(trusting: object, count: count) : try KeywordArguments(object)
    }
}

/// The keys of an object, by a bit each: keys of different shape, as nearly all are, need no comparison.
struct JSONKeyShapes {
    private var shapes: UInt64 = 0

    /// Remembers a key; false if one of this shape is there already.
    @inline(__always)
    mutating func insert(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
        let shape = Self.shape(of: key)
        defer { shapes |= shape }
        return shapes & shape == 0
    }

    @inline(__always)
    private static func shape(of key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard let first = key.first, let last = key.last else { return 1 }
        let middle = Int(key[key.count / 2])
        let place = key.count &+ Int(first) &* 3 &+ middle &* 7 &+ Int(last) &* 13
        return 1 << UInt64(place & 63)
    }
}
