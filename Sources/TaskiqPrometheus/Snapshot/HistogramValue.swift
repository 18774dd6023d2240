// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How many observations there were, and how large they were.
public struct HistogramValue: Hashable, Sendable {
    /// The upper bounds of the buckets, ascending and finite.
    public let bounds: [Double]
    /// How many observations each bucket has for itself; one more than bounds, for what is above the last.
    public private(set) var counts: [UInt64]
    /// The sum of all observations.
    public private(set) var sum: Double

    /// Takes counts.
    ///
    /// - Parameters:
    ///   - bounds: the upper bounds, ascending and finite.
    ///   - counts: a count for each, and one more; what is missing is zero.
    ///   - sum: the sum of all observations.
    public init(bounds: [Double], counts: [UInt64], sum: Double) {
        self.bounds = bounds
        let missing = max(0, bounds.count + 1 - counts.count)
        self.counts = Array(counts.prefix(bounds.count + 1)) + Array(repeating: 0, count: missing)
        self.sum = sum
    }

    /// How many observations there were.
    public var count: UInt64 { counts.reduce(0, &+) }

    /// The bucket of an observation: the first whose bound it does not exceed.
    static func index(of value: Double, in bounds: [Double]) -> Int {
        var (low, high) = (0, bounds.count)
        while low < high {
            let middle = (low + high) / 2
            if value <= bounds[middle] { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Adds the observations of another.
    ///
    /// Its bounds may be others, when a program was rebuilt with new ones while its supervisor ran on: each of its buckets
    /// is then counted in the narrowest one here that holds all of it.
    mutating func add(_ other: HistogramValue) {
        for (index, count) in other.counts.enumerated() {
            let place = index < other.bounds.count ? Self.index(of: other.bounds[index], in: bounds) : bounds.count
            counts[place] &+= count
        }
        sum += other.sum
    }
}
