// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Why bytes are no frame of this protocol.
public struct ProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A sentence for people.
    public let description: String

    /// Makes an error.
    ///
    /// - Parameter description: a sentence for people.
    public init(_ description: String) {
        self.description = description
    }
}
