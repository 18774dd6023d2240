// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The labels of a series, in the order of their names.
public struct MetricLabels: Hashable, Sendable {
    /// One label.
    public struct Label: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its value, any text.
        public var value: String
    }

    /// The labels, sorted by name, no name twice.
    public let labels: [Label]

    /// Takes pairs of a name and a value.
    ///
    /// - Parameter pairs: the pairs; names that Prometheus does not allow are changed so that it does, and of several
    ///   with one name the first stays.
    public init(_ pairs: [(String, String)]) {
        var labels: [Label] = []
        for (name, value) in pairs {
            let name = MetricName.label(name)
            if !labels.contains(where: { $0.name == name }) { labels.append(Label(name: name, value: value)) }
        }
        self.labels = labels.sorted { $0.name < $1.name }
    }
}

extension MetricLabels: Comparable {
    /// Compares the values, label by label.
    public static func < (left: MetricLabels, right: MetricLabels) -> Bool {
        left.labels.lexicographicallyPrecedes(right.labels) { ($0.name, $0.value) < ($1.name, $1.value) }
    }
}
