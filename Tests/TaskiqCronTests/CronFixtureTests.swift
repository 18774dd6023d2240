// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqCron
import Testing

@Suite("Cron fixtures")
struct CronFixtureTests {
    @Test(
        "next agrees with cronsim and with the fires of the Debian daemon",
        arguments: ["public-vixie5-every-10th.jsonl", "public-debian-dst.jsonl"]
    )
    func next(file: String) throws {
        var passed = 0
        var unsupported = 0
        var outdated = 0
        let recent = try Timestamp(parsing: "2025-01-01T00:00:00Z")
        for row in try CronRow.all(of: file) {
            let tz = try #require(row.tz)
            let zone = try Zone(identifier: tz)
            let start = try Timestamp(parsing: #require(row.start))
            let expected = try #require(row.next)
            if row.isOfOtherDialect {
                let error = #expect(throws: CronError.self) { try CronExpression(row.expr) }
                #expect(error?.code == .unsupported)
                unsupported += 1
                continue
            }
            let expression = try CronExpression(row.expr)
            let occurrences = expression.occurrences(after: start, in: zone)
            var actual: [Timestamp]
            if let until = row.until {
                let end = try Timestamp(parsing: until)
                actual = Array(occurrences.prefix { $0 < end })
            } else {
                actual = Array(occurrences.prefix(expected.count))
            }
            let instants = try expected.map { try Timestamp(parsing: $0) }
            // The rows were made with tzdata 2026f; an older installation does not know the latest decisions of
            // governments, which shows in the offsets the row was written with.
            if start >= recent,
                zip(instants, expected).contains(where: {
                    !$1.hasSuffix("Z") && $0.rfc3339(in: zone).suffix(6) != $1.suffix(6)
                })
            {
                outdated += 1
                continue
            }
            let message = "\(row.expr) in \(tz) after \(start.rfc3339(in: zone))"
            #expect(actual == instants, "\(message)")
            #expect(instants.allSatisfy { expression.matches($0, in: zone) }, "\(message)")
            if actual == instants { passed += 1 }
        }
        #expect(passed > 500)
        #expect(outdated < 10)
        if ProcessInfo.processInfo.environment["CRON_FIXTURE_COUNTS"] != nil {
            print(
                "\(file): \(passed) rows passed, \(unsupported) refused as unsupported, \(outdated) newer than tzdata"
            )
        }
    }

    @Test("five-field text and nicknames that must be rejected are")
    func invalid() throws {
        let rows = try CronRow.all(of: "invalid.jsonl").filter { row in
            row.expr.split { $0 == " " || $0 == "\t" }.count == 5 || row.expr.contains("@")
        }
        #expect(rows.count > 300)
        for row in rows {
            #expect(throws: CronError.self, "\(row.expr)") { try CronExpression(row.expr) }
        }
    }
}
