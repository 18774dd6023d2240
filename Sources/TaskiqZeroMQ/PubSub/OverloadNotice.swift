// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging

/// What a worker says, at most once a minute, of messages that it could not take.
///
/// How many of them the publisher dropped, only the publisher's libzmq knows, and it does not tell; so what is counted
/// is what this end sees.
struct OverloadNotice {
    /// A line for the log.
    struct Warning: Equatable {
        let message: String
        let metadata: Logger.Metadata
    }

    /// The shortest time between two warnings, in milliseconds.
    private static let interval: Int64 = 60_000

    private var fullCount = 0
    private var waiting = 0
    private var refusedCount = 0
    private var largest = (bytes: 0, frames: 0)
    private var nextWarning = Int64.min

    /// The queue has become full, and reading has stopped.
    ///
    /// - Parameter count: how many messages wait in it.
    mutating func queueIsFull(of count: Int) {
        fullCount += 1
        waiting = max(waiting, count)
    }

    /// A message was too large, and dropped.
    ///
    /// - Parameters:
    ///   - byteCount: its size.
    ///   - frameCount: how many frames it had.
    mutating func refused(byteCount: Int, frameCount: Int) {
        refusedCount += 1
        if byteCount > largest.bytes { largest = (byteCount, frameCount) }
    }

    /// What there is to say, if it is time to.
    ///
    /// - Parameter now: the time, in milliseconds.
    /// - Returns: the warning; what it tells is counted anew from then on.
    mutating func takeWarning(at now: Int64) -> Warning? {
        guard fullCount > 0 || refusedCount > 0, now >= nextWarning else { return nil }
        var parts: [String] = []
        var metadata: Logger.Metadata = [:]
        if fullCount > 0 {
            parts.append(
                "messages come faster than tasks end, and the publisher drops what is too much: "
                    + "run more tasks at a time (--max-async-tasks), or use a hub, which keeps them"
            )
            metadata["full"] = "\(fullCount)"
            metadata["waiting"] = "\(waiting)"
        }
        if refusedCount > 0 {
            parts.append("messages that were too large were dropped")
            metadata["refused"] = "\(refusedCount)"
            metadata["largest.bytes"] = "\(largest.bytes)"
            metadata["largest.frames"] = "\(largest.frames)"
        }
        self = OverloadNotice()
        nextWarning = now + Self.interval
        return Warning(message: parts.joined(separator: "; "), metadata: metadata)
    }
}
