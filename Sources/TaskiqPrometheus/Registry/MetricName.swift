// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Names as Prometheus allows them.
///
/// swift-metrics' labels are free text, with dots by custom: every character that is not allowed becomes `_`.
enum MetricName {
    /// A metric's name: letters, digits, `_` and `:`, no digit first; counters end in `_total`.
    static func metric(_ label: String, _ kind: MetricsSnapshot.Kind) -> String {
        let name = allowed(label, colons: true)
        return kind == .counter && !name.hasSuffix("_total") ? name + "_total" : name
    }

    /// A label's name: letters, digits and `_`, no digit first.
    ///
    /// What is reserved gets a character that tells it apart: `le` is the bounds' of histograms, and `__` begins what
    /// Prometheus keeps to itself.
    static func label(_ text: String) -> String {
        let name = allowed(text, colons: false)
        if name == "le" { return "le_" }
        return name.hasPrefix("__") ? "x" + name : name
    }

    /// The names of the lines that a metric is written as.
    static func lines(_ name: String, _ kind: MetricsSnapshot.Kind) -> [String] {
        kind == .histogram ? [name, name + "_bucket", name + "_sum", name + "_count"] : [name]
    }

    private static func allowed(_ text: String, colons: Bool) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": name.unicodeScalars.append(scalar)
            case "0"..."9":
                if name.isEmpty { name = "_" }
                name.unicodeScalars.append(scalar)
            case ":" where colons: name.append(":")
            default: name.append("_")
            }
        }
        return name.isEmpty ? "_" : name
    }
}
