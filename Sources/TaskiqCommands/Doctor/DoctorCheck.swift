// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// One thing that a doctor looks at.
struct DoctorCheck: Sendable, Encodable {
    /// How it is.
    enum Verdict: String, Sendable, Encodable {
        case ok, warn, fail
    }

    var verdict: Verdict
    /// What was looked at, in a word or two.
    var subject: String
    /// What was found.
    var finding: String
    /// What to do about it.
    var remedy: String?

    init(_ verdict: Verdict, _ subject: String, _ finding: String, _ remedy: String? = nil) {
        self.verdict = verdict
        self.subject = subject
        self.finding = finding
        self.remedy = verdict == .ok ? nil : remedy
    }

    /// The check for people.
    var line: String {
        let word = verdict.rawValue + String(repeating: " ", count: 4 - verdict.rawValue.count)
        let name = subject + String(repeating: " ", count: max(0, 16 - subject.count))
        return "\(word)  \(name)  \(finding)\(remedy.map { ": \($0)" } ?? "")"
    }
}
