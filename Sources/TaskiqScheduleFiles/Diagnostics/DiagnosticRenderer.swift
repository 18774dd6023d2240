// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Writes diagnostics as text: one line that a machine can read, the line in question with a mark under the place, and
/// what happened because of it.
///
/// ```text
/// schedules/billing/invoices.yaml:17:5: error[unknown-field]: "timezon" is not a field of a schedule
///    16 |     cron: "30 2 * * *"
///    17 |     timezon: Europe/Berlin
///       |     ^^^^^^^ did you mean "timezone"?
///    = billing/nightly-invoice-run keeps its last good version (generation 41, 2026-11-20 09:12:03Z)
/// ```
public struct DiagnosticRenderer: Sendable {
    private static let numberWidth = 5

    /// Makes a renderer.
    public init() {}

    /// Writes several diagnostics below each other.
    ///
    /// - Parameter diagnostics: the diagnostics.
    /// - Returns: the text, without a line break at its end.
    public func render(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map(render).joined(separator: "\n")
    }

    /// Writes a diagnostic.
    ///
    /// A warning that has nothing to say beside its place is one line.
    ///
    /// - Parameter diagnostic: the diagnostic.
    /// - Returns: the text, without a line break at its end.
    public func render(_ diagnostic: Diagnostic) -> String {
        var lines = [headline(diagnostic)]
        if diagnostic.severity == .error || diagnostic.suggestion != nil {
            lines += picture(diagnostic)
        }
        lines += diagnostic.notes.map { "   = \(printable($0))" }
        return lines.joined(separator: "\n")
    }

    /// The line that a machine can read: `path:line:column: severity[code]: message`.
    ///
    /// - Parameter diagnostic: the diagnostic.
    /// - Returns: the line.
    public func headline(_ diagnostic: Diagnostic) -> String {
        let place = "\(printable(diagnostic.path)):\(diagnostic.line):\(diagnostic.column)"
        return "\(place): \(diagnostic.severity.rawValue)[\(diagnostic.code)]: \(printable(diagnostic.message))"
    }

    private func picture(_ diagnostic: Diagnostic) -> [String] {
        guard let last = diagnostic.excerpt.last else {
            return diagnostic.suggestion.map { ["   = \(printable($0))"] } ?? []
        }
        var lines = diagnostic.excerpt.map { line in
            let number = String(line.number)
            let indent = String(repeating: " ", count: max(0, Self.numberWidth - number.count))
            return "\(indent)\(number) | \(printable(line.text))"
        }
        let offset = max(0, diagnostic.column - last.firstColumn)
        let visible = max(1, last.text.unicodeScalars.count - offset)
        var pointer = String(repeating: " ", count: Self.numberWidth + 1) + "| "
        pointer += String(repeating: " ", count: offset)
        pointer += String(repeating: "^", count: min(diagnostic.length, visible))
        if let suggestion = diagnostic.suggestion { pointer += " \(printable(suggestion))" }
        lines.append(pointer)
        return lines
    }

    /// The text with nothing in it that moves a terminal's cursor: what a file says must not pass for what we say.
    private func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09: result.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
                result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

extension DiagnosticRenderer {
    /// One line that sums a generation up, such as `schedules: 2 errors, 2 warnings; 61 of 63 schedules are current, 2
    /// run an older version`.
    ///
    /// - Parameters:
    ///   - name: what is summed up.
    ///   - generation: the generation.
    /// - Returns: the line.
    public func summary(of name: String, _ generation: ScheduleGeneration) -> String {
        let errors = generation.diagnostics.count { $0.severity == .error }
        let warnings = generation.diagnostics.count - errors
        let older = generation.schedules.count { generation.older.contains($0.id) }
        let total = generation.schedules.count + generation.rejected.count
        var text = "\(printable(name)): \(counted(errors, "error")), \(counted(warnings, "warning")); "
        text += "\(generation.schedules.count - older) of \(counted(total, "schedule")) "
        text += total == 1 ? "is current" : "are current"
        if older > 0 { text += ", \(older) \(older == 1 ? "runs" : "run") an older version" }
        if !generation.rejected.isEmpty { text += ", \(generation.rejected.count) not loaded" }
        return text
    }
}

/// A number with its noun in the right form.
func counted(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
}
