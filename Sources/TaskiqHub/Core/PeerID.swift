// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Where a frame came from and where the answer goes: the name that the network gives a connection.
public struct PeerID: Hashable, Sendable {
    /// The name's bytes.
    public let bytes: [UInt8]

    /// Names a connection.
    ///
    /// - Parameter bytes: the name's bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// The two sides of a hub.
public enum HubSide: Sendable, Hashable {
    /// Where clients connect.
    case front
    /// Where workers connect.
    case back
}
