// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

/// Sixteen bytes that a program chooses by chance: who it is, or which of its requests this is.
public struct PeerIdentity: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Takes sixteen bytes; nil for any other number of them.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        high = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
    }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// What nobody is called, for where there must be something.
    package static let none = PeerIdentity(high: 0, low: 0)

    /// Makes a new one whose first bits are the time, so that those made in turn are stored beside each other.
    ///
    /// - Parameter generator: where chance comes from.
    /// - Returns: an identity in the layout of UUID version 7.
    public static func generate(using generator: inout some RandomNumberGenerator) -> PeerIdentity {
        let now = WallClock.now.millisecondsSinceEpoch
        let (high, low) = timeOrderedWords(milliseconds: now, using: &generator)
        return PeerIdentity(high: high, low: low)
    }

    /// Makes a new one.
    public static func generate() -> PeerIdentity {
        var generator = PooledRandomNumberGenerator()
        return generate(using: &generator)
    }

    /// The bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        append(to: &bytes)
        return bytes
    }

    func append(to bytes: inout [UInt8]) {
        bytes.appendBigEndian(high)
        bytes.appendBigEndian(low)
    }

    /// The bytes as hexadecimal digits.
    public var description: String { hexadecimal(bytes) }
}
