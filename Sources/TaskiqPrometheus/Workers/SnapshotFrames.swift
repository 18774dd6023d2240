// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Cuts a stream of bytes into snapshots: each is preceded by its length, four bytes, the highest first.
struct SnapshotFrames {
    /// The length of the longest snapshot, in bytes; some 20,000 histograms.
    static let maxLength = 8 << 20

    private var buffer: [UInt8] = []

    /// A snapshot with its length before it.
    ///
    /// - Throws: `TaskiqError` with code `invalidArguments` when it is too long.
    static func frame(_ payload: [UInt8]) throws(TaskiqError) -> [UInt8] {
        guard payload.count <= maxLength else {
            throw TaskiqError(
                .invalidArguments,
                "this process has \(payload.count) bytes of metrics, more than the \(maxLength) that can be reported"
            )
        }
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: payload.count >> $0) } + payload
    }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        buffer.append(contentsOf: bytes)
    }

    /// The next snapshot that is there as a whole.
    ///
    /// - Throws: `TaskiqError` with code `malformed` when it would be too long.
    mutating func next() throws(TaskiqError) -> ArraySlice<UInt8>? {
        guard buffer.count >= 4 else { return nil }
        let length = buffer[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.maxLength else {
            throw TaskiqError(.malformed, "a report of metrics would have \(length) bytes, more than \(Self.maxLength)")
        }
        guard buffer.count >= 4 + length else { return nil }
        defer { buffer.removeFirst(4 + length) }
        return buffer[4..<(4 + length)]
    }
}
