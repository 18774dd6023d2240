// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqHub

/// How much room a store leaves on its disk.
///
/// The end of a message needs room as well as its beginning, so new messages are refused long before the disk is full,
/// and a file that means nothing keeps the last bit of room until nothing else is left.
public struct DiskPolicy: Sendable, Hashable {
    /// How many bytes the file `reserve` keeps for the ends of messages: 64 MiB; 0 for no such file.
    public var reserve: Int64 = 64 << 20
    /// New messages are refused when less than this many bytes are free: 256 MiB.
    public var minimumFree: Int64 = 256 << 20
    /// New messages are refused when less than this share of the disk is free: 0.02.
    public var minimumShare = 0.02

    /// The defaults.
    public init() {}

    /// Below how many free bytes new messages are refused.
    ///
    /// - Parameter total: how many bytes the disk has.
    /// - Returns: the number of bytes.
    public func mark(total: Int64) -> Int64 {
        max(minimumFree, Int64((Double(total) * minimumShare).rounded()))
    }

    /// Whether there is room for new messages.
    ///
    /// - Parameters:
    ///   - free: how many bytes are free.
    ///   - total: how many bytes the disk has.
    ///   - last: what was said last: once it was `low`, twice as much must be free, so that it does not change at
    ///     every message.
    /// - Returns: whether there is.
    public func state(free: Int64, total: Int64, last: DiskState) -> DiskState {
        let mark = mark(total: total)
        switch last {
        case .ok: return free < mark ? .low : .ok
        case .low: return free >= (mark > .max / 2 ? .max : 2 * mark) ? .ok : .low
        }
    }
}
