// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// Something that is wrong, or doubtful, in a schedule file.
public struct Diagnostic: Error, Sendable, Hashable {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable {
        /// What it is about is not in force.
        case error
        /// It is in force, but perhaps not as it was meant.
        case warning
    }

    /// A line of the file, or the part of a long line around the place.
    public struct SourceLine: Sendable, Hashable {
        /// The line, counted from 1.
        public var number: Int
        /// The column of the text's first character, counted from 1.
        public var firstColumn: Int
        /// The text, without its line break.
        public var text: String
    }

    /// How bad it is.
    public var severity: Severity
    /// What kind of problem it is.
    public var code: Code
    /// The file.
    public var path: String
    /// The line, counted from 1.
    public var line: Int
    /// The column, counted from 1 in Unicode scalars.
    public var column: Int
    /// How many characters of the line are meant.
    public var length: Int
    /// What is wrong.
    public var message: String
    /// How it can be put right, to stand beside the place.
    public var suggestion: String?
    /// The schedule that it is about; nil when it is about the file.
    public var scheduleID: ScheduleID?
    /// What happened because of it, one sentence each.
    public var notes: [String]
    /// The line in question, with the one before where that helps.
    public var excerpt: [SourceLine]

    /// Makes a diagnostic.
    ///
    /// - Parameters:
    ///   - severity: how bad it is.
    ///   - code: what kind of problem it is.
    ///   - path: the file.
    ///   - mark: the place in the file.
    ///   - message: what is wrong.
    ///   - suggestion: how it can be put right.
    ///   - scheduleID: the schedule that it is about.
    ///   - notes: what happened because of it.
    ///   - excerpt: the line in question.
    public init(
        _ severity: Severity,
        _ code: Code,
        path: String,
        mark: SourceMark = .start,
        message: String,
        suggestion: String? = nil,
        scheduleID: ScheduleID? = nil,
        notes: [String] = [],
        excerpt: [SourceLine] = []
    ) {
        self.severity = severity
        self.code = code
        self.path = path
        line = mark.line
        column = mark.column
        length = mark.length
        self.message = message
        self.suggestion = suggestion
        self.scheduleID = scheduleID
        self.notes = notes
        self.excerpt = excerpt
    }
}

extension Diagnostic: CustomStringConvertible {
    /// The diagnostic as people read it, with the line in question.
    public var description: String { DiagnosticRenderer().render(self) }
}
