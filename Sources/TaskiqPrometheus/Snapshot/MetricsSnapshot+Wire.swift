// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

extension MetricsSnapshot {
    /// The snapshot as bytes, for another process of perhaps another version: JSON with named fields.
    func encoded() throws(TaskiqError) -> [UInt8] {
        let wire = Wire(
            version: 1,
            families: families.map { name, family in
                Wire.Family(
                    name: name,
                    kind: family.kind.rawValue,
                    help: family.help,
                    series: family.series.map { Wire.Series($0.key, $0.value) }
                )
            }
        )
        return Array(try JSONFragment(encoding: wire).bytes)
    }

    /// Reads a snapshot; what it does not know, it leaves out.
    ///
    /// - Throws: `TaskiqError` with code `malformed`, or a `DecodingError`.
    init(decoding bytes: some Collection<UInt8>) throws {
        let wire = try JSONFragment(parsing: Array(bytes)).decode(Wire.self)
        guard wire.version == 1 else {
            throw TaskiqError(.malformed, "metrics in version \(wire.version) cannot be read here, only version 1")
        }
        for family in wire.families {
            guard let kind = Kind(rawValue: family.kind) else { continue }
            var series: [MetricLabels: Value] = [:]
            for (labels, value) in family.series.compactMap({ $0.value(kind) }) { series[labels] = value }
            let name = MetricName.metric(family.name, kind)
            families[name] = Family(kind: kind, help: family.help, series: series)
        }
    }
}

/// The form of a snapshot between processes.
private struct Wire: Codable {
    struct Family: Codable {
        var name: String
        var kind: String
        var help: String?
        var series: [Series]
    }

    struct Series: Codable {
        /// Names and values in turn.
        var labels: [String]
        /// A number as text, for JSON has no infinity.
        var value: String
        var bounds: [Double]?
        var counts: [UInt64]?
    }

    var version: Int
    var families: [Family]
}

extension Wire.Series {
    init(_ labels: MetricLabels, _ value: MetricsSnapshot.Value) {
        self.labels = labels.labels.flatMap { [$0.name, $0.value] }
        switch value {
        case .number(let number): self.value = "\(number)"
        case .histogram(let histogram):
            self.value = "\(histogram.sum)"
            bounds = histogram.bounds
            counts = histogram.counts
        }
    }

    func value(_ kind: MetricsSnapshot.Kind) -> (MetricLabels, MetricsSnapshot.Value)? {
        guard let number = Double(value), labels.count.isMultiple(of: 2) else { return nil }
        let pairs = stride(from: 0, to: labels.count, by: 2).map { (labels[$0], labels[$0 + 1]) }
        guard kind == .histogram else { return (MetricLabels(pairs), .number(number)) }
        guard let bounds, let counts, counts.count == bounds.count + 1 else { return nil }
        guard bounds.allSatisfy(\.isFinite), zip(bounds, bounds.dropFirst()).allSatisfy(<) else { return nil }
        return (MetricLabels(pairs), .histogram(HistogramValue(bounds: bounds, counts: counts, sum: number)))
    }
}
