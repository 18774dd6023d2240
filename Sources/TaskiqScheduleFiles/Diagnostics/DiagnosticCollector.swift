// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Gathers what is wrong with one file.
struct DiagnosticCollector {
    /// What a file with a mistake on each line may cost the reader, for errors and for warnings.
    static let limit = 100

    let source: SourceText
    /// The schedule that is being read.
    var scheduleID: ScheduleID?
    /// How many errors there were that put something out of force.
    private(set) var rejections = 0
    private var collected: [Diagnostic] = []
    private var errors = 0
    private var warnings = 0

    init(source: SourceText) {
        self.source = source
    }

    /// Reports an error that puts out of force what it is about.
    mutating func error(
        _ code: Diagnostic.Code,
        at mark: SourceMark,
        _ message: String,
        suggestion: String? = nil
    ) {
        rejections += 1
        report(.error, code, at: mark, message, suggestion: suggestion)
    }

    /// Reports an error that leaves what it is about in force.
    mutating func harmlessError(
        _ code: Diagnostic.Code,
        at mark: SourceMark,
        _ message: String,
        suggestion: String? = nil
    ) {
        report(.error, code, at: mark, message, suggestion: suggestion)
    }

    mutating func warning(
        _ code: Diagnostic.Code,
        at mark: SourceMark,
        _ message: String,
        suggestion: String? = nil
    ) {
        report(.warning, code, at: mark, message, suggestion: suggestion)
    }

    /// All that was reported, in the file's order, with a last one for what was too much.
    var diagnostics: [Diagnostic] {
        let sorted = collected.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        let hidden = max(0, errors - Self.limit) + max(0, warnings - Self.limit)
        guard hidden > 0 else { return sorted }
        let message = "\(counted(hidden, "more problem")) of this file \(hidden == 1 ? "is" : "are") not shown"
        return sorted + [Diagnostic(.error, .tooManyProblems, path: source.path, message: message)]
    }

    private mutating func report(
        _ severity: Diagnostic.Severity,
        _ code: Diagnostic.Code,
        at mark: SourceMark,
        _ message: String,
        suggestion: String?
    ) {
        switch severity {
        case .error:
            errors += 1
            guard errors <= Self.limit else { return }
        case .warning:
            warnings += 1
            guard warnings <= Self.limit else { return }
        }
        collected.append(
            Diagnostic(
                severity,
                code,
                path: source.path,
                mark: mark,
                message: message,
                suggestion: suggestion,
                scheduleID: scheduleID,
                excerpt: source.excerpt(around: mark)
            )
        )
    }
}
