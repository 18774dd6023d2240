// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads JSON text value by value, checking it and cutting it into fragments.
///
/// It accepts what Python's `json` accepts and no more: RFC 8259 plus the literals `NaN`, `Infinity` and `-Infinity`.
/// Nesting is limited, so that a hostile message cannot exhaust the stack.
struct JSONScanner {
    /// Deeper values are refused.
    static let maximumDepth = 128

    private let bytes: [UInt8]
    private let end: Int
    private(set) var position: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    init(_ fragment: JSONFragment) {
        bytes = fragment.storage
        position = fragment.range.lowerBound
        end = fragment.range.upperBound
    }

    // MARK: Structure

    /// The next byte that is not white space, without taking it.
    mutating func peek() -> UInt8? {
        withCursor { cursor in
            let byte = cursor.peek()
            return cursor.position < cursor.end ? byte : nil
        }
    }

    /// Takes the next byte if it is the one named.
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    mutating func expectEnd() throws(TaskiqError) {
        try withCursor { (cursor) throws(TaskiqError) in try cursor.expectEnd() }
    }

    /// Takes an object, giving each member to the closure as a key and a fragment.
    mutating func object(_ member: (String, JSONFragment) throws(TaskiqError) -> Void) throws(TaskiqError) {
        let storage = bytes
        try withCursor { (cursor) throws(TaskiqError) in
            try cursor.object { (cursor, key) throws(TaskiqError) in
                let value = JSONFragment(trusting: storage, range: try cursor.value())
                try member(cursor.text(of: key), value)
            }
        }
    }

    /// Takes an array as fragments.
    mutating func array() throws(TaskiqError) -> [JSONFragment] {
        let storage = bytes
        var elements: [JSONFragment] = []
        try withCursor { (cursor) throws(TaskiqError) in
            try cursor.array { (cursor) throws(TaskiqError) in
                elements.append(JSONFragment(trusting: storage, range: try cursor.value()))
            }
        }
        return elements
    }

    /// Takes one value of any kind, checked but not decoded.
    mutating func fragment() throws(TaskiqError) -> JSONFragment {
        let range = try withCursor { (cursor) throws(TaskiqError) in try cursor.value() }
        return JSONFragment(trusting: bytes, range: range)
    }

    /// Takes a string and decodes its escapes.
    mutating func string() throws(TaskiqError) -> String {
        try withCursor { (cursor) throws(TaskiqError) in try cursor.string() }
    }

    /// Lends a cursor on the text, and goes on where it stops.
    @inline(__always)
    mutating func withCursor<Value>(
        _ body: (inout JSONCursor) throws(TaskiqError) -> Value
    ) throws(TaskiqError) -> Value {
        let start = position
        let limit = end
        let (value, stop) = try bytes.withUnsafeBufferPointer {
            (buffer) throws(TaskiqError) -> (Value, Int) in
            var cursor = JSONCursor(buffer, from: start, to: limit)
            let value = try body(&cursor)
            return (value, cursor.position)
        }
        position = stop
        return value
    }

    @inline(__always)
    private mutating func withCursor<Value>(_ body: (inout JSONCursor) -> Value) -> Value {
        let start = position
        let limit = end
        let (value, stop) = bytes.withUnsafeBufferPointer { buffer in
            var cursor = JSONCursor(buffer, from: start, to: limit)
            return (body(&cursor), cursor.position)
        }
        position = stop
        return value
    }

    // MARK: Errors

    func malformed(_ reason: String) -> TaskiqError {
        TaskiqError(.malformed, "not valid JSON at byte \(position): \(reason)")
    }
}
