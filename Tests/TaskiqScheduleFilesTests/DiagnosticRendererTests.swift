// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import Testing

@testable import TaskiqScheduleFiles

@Suite("Diagnostics as text")
struct DiagnosticRendererTests {
    private func text(_ yaml: String) -> String {
        DiagnosticRenderer().render(read(yaml).diagnostics)
    }

    @Test("An error shows its line, the one before, and what was meant")
    func suggestion() {
        let yaml = """
            schedules:
              it:
                task: t
                cron: "30 2 * * *"
                timezon: Europe/Berlin
            """
        #expect(
            text(yaml) == """
                test.yaml:5:5: error[unknown-field]: "timezon" is not a field of a schedule
                    4 |     cron: "30 2 * * *"
                    5 |     timezon: Europe/Berlin
                      |     ^^^^^^^ did you mean "timezone"?
                """
        )
    }

    @Test("A line after a remark or an empty line stands alone")
    func alone() {
        let yaml = """
            schedules:
              it:
                task: t

                # At night.
                cron: 15 25 * * *
            """
        #expect(
            text(yaml) == """
                test.yaml:6:14: error[cron-range]: "25" is not a hour, allowed is 0-23
                    6 |     cron: 15 25 * * *
                      |              ^^
                """
        )
    }

    @Test("A warning without a suggestion is one line")
    func warning() {
        let yaml = "schedules:\n  it: {task: t, at: 2027-03-28T02:30, timezone: Europe/Berlin}"
        #expect(
            text(yaml) == """
                test.yaml:2:21: warning[dst-gap]: 2027-03-28T02:30 in Europe/Berlin does not exist; it will run at \
                2027-03-28T03:00:00+02:00
                """
        )
    }

    @Test("Notes stand below")
    func notes() {
        let diagnostic = Diagnostic(.error, .notFound, path: "schedules", message: "gone", notes: ["first", "second"])
        #expect(
            diagnostic.description == "schedules:1:1: error[not-found]: gone\n   = first\n   = second"
        )
    }

    @Test("Of a long line the part around the place is shown")
    func longLine() throws {
        let filler = String(repeating: "x", count: 500)
        let file = read("schedules: {it: {task: t, note: \(filler), colour: red, owner: \(filler)}}")
        let diagnostic = try #require(file.diagnostics.first { $0.code == .unknownField })
        let lines = diagnostic.description.split(separator: "\n")
        #expect(diagnostic.column == 535)
        #expect(lines[1].count == 8 + 160)
        let caret = try #require(lines[2].firstIndex(of: "^"))
        #expect(
            lines[1][
                lines[1].index(
                    lines[1].startIndex,
                    offsetBy: lines[2].distance(from: lines[2].startIndex, to: caret)
                )...
            ].hasPrefix("colour")
        )
    }

    @Test("Nothing in a file can move a terminal's cursor")
    func control() {
        let rendered = text("schedules:\n  it: {\"\\e[2Jx\": 1, task: t, every: 1m}\n  \u{202E}b: {}\n")
        #expect(!rendered.unicodeScalars.contains("\u{1B}"))
        #expect(!rendered.unicodeScalars.contains("\u{202E}"))
    }

    @Test("Places count characters, not bytes")
    func unicode() {
        let file = read("schedules:\n  it: {note: \"é日\", colour: red, task: t, every: 1m}\n")
        #expect(places(file) == ["2:20 unknown-field"])
    }

    @Test("A generation in one line")
    func summary() {
        var generation = ScheduleGeneration()
        generation.schedules = read("schedules:\n  a: {task: t, every: 1m}\n  b: {task: t, every: 1m}").schedules
        #expect(
            DiagnosticRenderer().summary(of: "schedules", generation)
                == "schedules: 0 errors, 0 warnings; 2 of 2 schedules are current"
        )
        generation.older = ["b"]
        generation.rejected = ["c"]
        generation.diagnostics = [Diagnostic(.error, .badValue, path: "", message: "")]
        #expect(
            DiagnosticRenderer().summary(of: "schedules", generation)
                == "schedules: 1 error, 0 warnings; 1 of 3 schedules are current, 1 runs an older version, 1 not loaded"
        )
    }
}
