// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a line does to what passes over it.
struct Weather: Sendable {
    /// Nothing passes in this direction, and nothing says so: half of a partition.
    var stallsToHub = false
    var stallsToPeer = false
    /// Connections are broken, and no new one is taken.
    var refuses = false
    /// How many milliseconds later everything arrives.
    var delay: Int64 = 0
    /// How much passes in each direction; nil for all.
    var bytesPerSecond: Int?

    static let fair = Weather()
}
