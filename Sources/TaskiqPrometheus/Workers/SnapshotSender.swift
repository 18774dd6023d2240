// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes snapshots to the supervisor, as far as it takes them, without ever waiting for it.
struct SnapshotSender: Sendable {
    private let descriptor: Int32
    private var rest: ArraySlice<UInt8> = []
    private var last: MetricsSnapshot?
    /// Whether the supervisor is still there.
    private(set) var isConnected = true

    /// - Parameter descriptor: a connected stream socket, which stays the caller's.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        Sockets.prepare(descriptor)
    }

    /// Whether the supervisor's side has been given everything.
    var isFlushed: Bool { rest.isEmpty }

    /// Writes a snapshot, unless it is the last one again, or one before it is still on its way.
    ///
    /// - Throws: `TaskiqError` when it is too large.
    mutating func send(_ snapshot: MetricsSnapshot) throws(TaskiqError) {
        if rest.isEmpty, snapshot != last, isConnected {
            // Told of once, should it be too large.
            last = snapshot
            rest = try SnapshotFrames.frame(try snapshot.encoded())[...]
        }
        while !rest.isEmpty, isConnected {
            switch Sockets.write(rest, to: descriptor) {
            case .some(let count): rest = rest.dropFirst(count)
            case .wouldBlock: return
            case .ended:
                isConnected = false
                rest = []
            }
        }
    }
}
