// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import TaskiqHubProtocol
package import TestSupport

extension SeededGenerator {
    /// A number of a range.
    package mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        Int64.random(in: range, using: &self)
    }

    /// An identity made of this generator's numbers alone.
    package mutating func identity() -> PeerIdentity {
        let bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &self) }
        return PeerIdentity(bytes) ?? .generate(using: &self)
    }
}
