// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqCron
import Testing

@Suite("Cron fixtures")
struct CronFixtureTests {
    @Test(
        "next agrees with the daemon of Debian and with the engines that agree with it",
        arguments: [
            ("public-vixie5.jsonl", 8_472), ("public-seconds6.jsonl", 2_024), ("public-ocps-quartz.jsonl", 3_464),
            ("public-debian-dst.jsonl", 2_744),
        ]
    )
    func next(file: String, count: Int) throws {
        let rows = try CronRow.all(of: file)
        #expect(rows.count == count)
        var outdated = 0
        for row in rows {
            let zone = try Zone(identifier: #require(row.tz))
            let start = try Timestamp(parsing: #require(row.start))
            let expected = try #require(row.next).map { try Timestamp(parsing: $0) }
            if try row.isNewerThanZoneData(zone) {
                outdated += 1
                continue
            }
            let expression = try CronExpression(row.expr)
            let actual: [Timestamp]
            if let until = row.until {
                let end = try Timestamp(parsing: until)
                actual = Array(expression.occurrences(after: start, until: end, in: zone))
                #expect(expression.count(after: start, until: end, in: zone) == expected.count, "\(row.description)")
            } else {
                actual = Array(expression.occurrences(after: start, in: zone).prefix(expected.count))
            }
            #expect(actual == expected, "\(row.description)")
            #expect(expected.allSatisfy { expression.matches($0, in: zone) }, "\(row.description)")
            // Backwards from the last fire the same ones come again.
            for (earlier, later) in zip(expected, expected.dropFirst()) {
                #expect(expression.previous(before: later, in: zone) == earlier, "\(row.description)")
            }
            if row.end != nil { try checkEnd(row, expression, after: expected.last ?? start, in: zone) }
        }
        #expect(outdated * 50 < rows.count)
        if outdated > 0 { print("\(file): \(outdated) rows are newer than this machine's zone data") }
    }

    /// Nothing fires within the fifty years, or before 2200, that the engine looked at.
    private func checkEnd(_ row: CronRow, _ expression: CronExpression, after last: Timestamp, in zone: Zone) throws {
        guard let next = expression.next(after: last, in: zone) else { return }
        let isOfFiftyYears = row.end?.contains("50 years") == true
        #expect(isOfFiftyYears, "\(row.description)")
        #expect(try next > Timestamp(parsing: #require(row.start)) + .seconds(49 * 365 * 86_400), "\(row.description)")
    }

    @Test("previous agrees with cronsim's reverse search")
    func previous() throws {
        let rows = try CronRow.all(of: "public-prev.jsonl")
        #expect(rows.count == 312)
        for row in rows {
            let zone = try Zone(identifier: #require(row.tz))
            var instant = try Timestamp(parsing: #require(row.start))
            let expression = try CronExpression(row.expr)
            for text in try #require(row.prev) {
                let previous = try #require(expression.previous(before: instant, in: zone))
                #expect(try previous == Timestamp(parsing: text), "\(row.description)")
                instant = previous
            }
        }
    }

    @Test("text that must be rejected is, with a reason")
    func invalid() throws {
        let rows = try CronRow.all(of: "invalid.jsonl")
        #expect(rows.count == 734)
        for row in rows {
            let error = #expect(throws: CronError.self, "\(row.expr)") { try CronExpression(row.expr) }
            #expect(error?.reason.isEmpty == false)
        }
    }

    @Test("the suites of fifteen other engines", .enabled(if: UpstreamFixtures.folder != nil))
    func upstream() throws {
        let folder = try #require(UpstreamFixtures.folder)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix("upstream-") }
        #expect(files.count >= 15)
        for file in files {
            for row in try CronRow.all(at: file) {
                try UpstreamFixtures.check(row)
            }
        }
    }
}

extension CronFixtureTests {
    @Test("where other engines differ, we do what is documented", .enabled(if: UpstreamFixtures.folder != nil))
    func differences() throws {
        let folder = try #require(UpstreamFixtures.folder)
        let rows = try CronRow.all(at: folder.appending(path: "dialect-differences.jsonl"))
        #expect(rows.count == 603)
        for row in rows { try UpstreamFixtures.checkDifference(row) }
    }
}

/// Rows taken over from the test suites of other engines; they are not part of the repository.
enum UpstreamFixtures {
    /// The folder beside the checkout, if it is there.
    static let folder: URL? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let places = [
            root.deletingLastPathComponent().appending(path: "shared/fixtures/cron"),
            ProcessInfo.processInfo.environment["TASKIQ_CRON_UPSTREAM"].map { URL(filePath: $0) },
        ]
        return places.compactMap { $0 }.first {
            FileManager.default.fileExists(atPath: $0.appending(path: "upstream-cronos.jsonl").path)
        }
    }()

    private static func hasStrayQuestionMark(_ text: String) -> Bool {
        let words = text.split(separator: " ")
        guard words.count >= 5 else { return false }
        let first = words.count == 5 ? 2 : 3
        return words.enumerated().contains { index, word in
            word == "?" && index != first && index != first + 2
        }
    }

    static func check(_ row: CronRow) throws {
        if hasStrayQuestionMark(row.expr) {
            // Three engines take ? for * in every field; the specification and five other suites refuse it.
            #expect(throws: CronError.self, "\(row.expr)") { try CronExpression(row.expr) }
            return
        }
        let zone = try Zone(identifier: #require(row.tz))
        let expression = try CronExpression(row.expr)
        if try row.isNewerThanZoneData(zone) { return }
        // Parts of a millisecond are cut from a start; backwards they make the second before it count.
        let hasMicroseconds = row.start?.contains(/\.\d{3}\d*[1-9]/) == true
        let isNudged = hasMicroseconds ? row.kind == "prev" : row.inclusive == true
        let nudge = Duration.milliseconds(isNudged ? 1 : 0)
        switch row.kind {
        case "match":
            let at = try Timestamp(parsing: #require(row.at))
            #expect(expression.matches(at, in: zone) == row.matches, "\(row.description)")
        case "never":
            let start = try row.start.map { try Timestamp(parsing: $0) } ?? .epoch
            #expect(expression.next(after: start, in: zone) == nil, "\(row.description)")
        case "prev":
            let start = try Timestamp(parsing: #require(row.start)) + nudge
            let expected = try Timestamp(parsing: #require(row.expected))
            #expect(expression.previous(before: start, in: zone) == expected, "\(row.description)")
        default:
            let start = try Timestamp(parsing: #require(row.start)) - nudge
            let expected = try row.expected.map { try Timestamp(parsing: $0) }
            #expect(expression.next(after: start, in: zone) == expected, "\(row.description)")
        }
    }

    static func checkDifference(_ row: CronRow) throws {
        let isHashOfDayZero = row.expr.contains("H(0-0)/40 * *") || row.expr.hasPrefix("0 0 0 H(0-5)")
        if row.kind == "hash" || row.kind == "accept" && !isHashOfDayZero {
            #expect(throws: Never.self, "\(row.expr)") { try CronExpression(row.expr) }
        } else if row.kind == "accept" || row.isRefused || row.expr.contains("#-1") {
            #expect(throws: CronError.self, "\(row.expr)") { try CronExpression(row.expr) }
        } else if let recommended = row.recommended {
            let zone = try Zone(identifier: #require(row.tz))
            let start = try Timestamp(parsing: #require(row.start))
            let fires = try CronExpression(row.expr).occurrences(after: start, in: zone).prefix(recommended.count)
            #expect(try Array(fires) == recommended.map { try Timestamp(parsing: $0) }, "\(row.description)")
        } else {
            var row = row
            if row.kind == "match" {
                row.matches = row.ours == .truth(true)
            } else if case .instant(let text) = row.ours {
                row.expected = text
                // These were looked for from the beginning of 2026.
                if row.kind == "never" { (row.kind, row.start) = ("next", "2026-01-01T00:00:00Z") }
            }
            try check(row)
        }
    }
}
