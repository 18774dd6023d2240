// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A connection of the hub, by the name that its socket gave it.
///
/// libzmq's own names have five bytes and cost no memory of their own; a peer may choose a longer one.
public struct PeerID: Hashable, Sendable {
    private let packed: UInt64
    private let long: [UInt8]

    /// Names a connection.
    ///
    /// - Parameter bytes: the name's bytes.
    public init(_ bytes: [UInt8]) {
        guard bytes.count < 8 else {
            packed = 0
            long = bytes
            return
        }
        // The length is part of it: names may begin with zeros.
        packed = bytes.reduce(0) { $0 << 8 | UInt64($1) } | UInt64(bytes.count) << 56
        long = []
    }

    /// Hashes the name; mostly that is one word.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(packed)
        if !long.isEmpty { hasher.combine(long) }
    }

    /// The name's bytes.
    public var bytes: [UInt8] {
        guard long.isEmpty else { return long }
        let count = Int(packed >> 56)
        return (0..<count).map { UInt8(truncatingIfNeeded: packed >> UInt64((count - 1 - $0) * 8)) }
    }
}

/// Which of the hub's sockets.
public enum HubSide: Sendable, Hashable {
    /// Where clients connect.
    case front
    /// Where workers connect.
    case back
}
