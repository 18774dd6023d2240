// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension MetricsSnapshot {
    /// The media type of ``text``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The values in Prometheus' text exposition format 0.0.4, always in the same order.
    public var text: String {
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            if let help = family.help { text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n" }
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, value) in family.series.sorted(by: { $0.key < $1.key }) {
                let pairs = labels.labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
                switch value {
                case .number(let number): text += Self.line(name, pairs, Self.number(number))
                case .histogram(let histogram): Self.write(histogram, name, pairs, to: &text)
                }
            }
        }
        return text
    }

    private static func write(_ histogram: HistogramValue, _ name: String, _ pairs: [String], to text: inout String) {
        var below: UInt64 = 0
        for (index, count) in histogram.counts.enumerated() {
            below &+= count
            let bound = index < histogram.bounds.count ? number(histogram.bounds[index]) : "+Inf"
            text += line(name + "_bucket", ["le=\"\(bound)\""] + pairs, number(Double(below)))
        }
        text += line(name + "_sum", pairs, number(histogram.sum))
        text += line(name + "_count", pairs, number(Double(below)))
    }

    private static func line(_ name: String, _ pairs: [String], _ value: String) -> String {
        pairs.isEmpty ? "\(name) \(value)\n" : "\(name){\(pairs.joined(separator: ","))} \(value)\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
