// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The values of metrics at one moment, of one process or of several together.
public struct MetricsSnapshot: Hashable, Sendable {
    /// What a metric is.
    public enum Kind: String, Sendable {
        /// A number that only rises.
        case counter
        /// A number that rises and falls.
        case gauge
        /// Counts of observations by size.
        case histogram
    }

    /// The value of a series.
    public enum Value: Hashable, Sendable {
        /// That of a counter or a gauge.
        case number(Double)
        /// That of a histogram.
        case histogram(HistogramValue)
    }

    /// The series of one name.
    public struct Family: Hashable, Sendable {
        /// What the metric is.
        public let kind: Kind
        /// What it is about.
        public let help: String?
        /// Its values.
        public internal(set) var series: [MetricLabels: Value]
    }

    /// The metrics by their names.
    public internal(set) var families: [String: Family] = [:]

    /// How many series there are.
    public var seriesCount: Int { families.values.reduce(0) { $0 + $1.series.count } }

    /// Adds the values of another snapshot.
    ///
    /// Counters and histograms are summed. So are gauges, as Python's `livesum` does, for what workers gauge are mostly
    /// amounts: tasks in flight, connections open. A gauge that is no amount needs a dimension of its own in each process.
    /// Where the two disagree what a metric is, this one stays as it is.
    ///
    /// - Parameters:
    ///   - other: the other snapshot.
    ///   - limit: how many series there may be; what would be new beyond it is left out.
    public mutating func merge(_ other: MetricsSnapshot, limit: Int = .max) {
        var count = seriesCount
        // In order, so that the same ones are left out each time.
        for (name, family) in other.families.sorted(by: { $0.key < $1.key }) {
            var own = families[name] ?? Family(kind: family.kind, help: family.help, series: [:])
            guard own.kind == family.kind else { continue }
            for (labels, value) in family.series.sorted(by: { $0.key < $1.key }) {
                switch (own.series[labels], value) {
                case (.number(let left)?, .number(let right)): own.series[labels] = .number(left + right)
                case (.histogram(var left)?, .histogram(let right)):
                    left.add(right)
                    own.series[labels] = .histogram(left)
                case (nil, _) where count < limit:
                    own.series[labels] = value
                    count += 1
                default: break
                }
            }
            if !own.series.isEmpty { families[name] = own }
        }
    }

    /// The same without its gauges, which say nothing once the process is gone.
    var withoutGauges: MetricsSnapshot {
        MetricsSnapshot(families: families.filter { $0.value.kind != .gauge })
    }
}
