// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What JSON text is written to.
protocol JSONSink: ~Copyable {
    mutating func append(_ byte: UInt8)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>)
}

extension [UInt8]: JSONSink {
    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) { append(contentsOf: bytes) }
}

/// JSON text in the making, in memory of its own that grows.
///
/// An array checks at each byte that it is not shared; short texts are mostly such checks.
@usableFromInline
struct JSONBuffer: ~Copyable, JSONSink {
    @usableFromInline var start: UnsafeMutablePointer<UInt8>
    // In bytes; what one long text took is not kept for the short ones after it.
    private static let longestKept = 4096
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 232) {
        start = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    @inlinable
    deinit {
        start.deallocate()
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if count == capacity { grow(by: 1) }
        start[count] = byte
        count &+= 1
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let first = bytes.baseAddress else { return }
        if bytes.count > capacity &- count { grow(by: bytes.count) }
        JSONPlainText.copy(first, to: start + count, count: bytes.count)
        count &+= bytes.count
    }

    @inline(__always)
    mutating func append(_ fragment: JSONFragment) {
        fragment.storage.withUnsafeBufferPointer { append(UnsafeBufferPointer(rebasing: $0[fragment.range])) }
    }

    /// Writes a key that needs no escapes, with what stands around it.
    @inline(__always)
    mutating func append(key: UnsafeBufferPointer<UInt8>, isFirst: Bool) {
        if key.count + 4 > capacity &- count { grow(by: key.count + 4) }
        var target = start + count
        if !isFirst {
            target.pointee = UInt8(ascii: ",")
            target += 1
        }
        target.pointee = UInt8(ascii: "\"")
        target += 1
        if let first = key.baseAddress { JSONPlainText.copy(first, to: target, count: key.count) }
        target += key.count
        target.pointee = UInt8(ascii: "\"")
        target[1] = UInt8(ascii: ":")
        count = target + 2 - start
    }

    /// Begins anew, in memory of a usual size.
    @inline(__always)
    mutating func clear() {
        if capacity > Self.longestKept { self = JSONBuffer() }
        count = 0
    }

    /// Takes back what was written after a place.
    mutating func removeAll(after place: Int) { count = min(count, place) }

    /// The text so far.
    @inline(__always)
    func withBytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Value) rethrows -> Value {
        try body(UnsafeBufferPointer(start: start, count: count))
    }

    /// The text so far, as an array of its own.
    var bytes: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }

    /// The keys of an object that starts at a place and goes on to the end of the text.
    func keys(from start: Int) -> [String] {
        var keys: [String] = []
        withBytes { buffer in
            var cursor = JSONCursor(buffer, from: start, to: buffer.count)
            // The object has no end yet, which ends the loop with an error that says so.
            try? cursor.object { (cursor, key) throws(TaskiqError) in
                keys.append(cursor.text(of: key))
                _ = try cursor.value()
            }
        }
        return keys
    }

    @inline(never)
    private mutating func grow(by size: Int) {
        capacity = max(2 * capacity, count + size)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: start, count: count)
        start.deallocate()
        start = larger
    }
}
