// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import Testing

@Suite("H in cron expressions")
struct CronHashTests {
    @Test("a seed gives the same values everywhere and for ever")
    func stable() throws {
        let start = try Timestamp(parsing: "2026-01-01T00:00:00Z")
        func first(_ text: String, _ seed: String) throws -> String {
            try #require(CronExpression(text, seed: seed).next(after: start, in: .utc)).description
        }
        // Values of the hash; they must not change, or every schedule in use would move.
        #expect(try first("H H * * *", "nightly-report") == "2026-01-01T20:11:00Z")
        #expect(try first("H H * * *", "backup") == "2026-01-01T01:11:00Z")
        #expect(try first("H H H H H * ", "backup") == first("H H H H H *", "backup"))
        #expect(try CronExpression("H H * * *", seed: "a") == CronExpression("H H * * *", seed: "a"))
        #expect(try CronExpression("H H * * *", seed: "a") != CronExpression("H H * * *", seed: "b"))
        #expect(try CronExpression("H H * * *").seeded(by: "a") == CronExpression("H H * * *", seed: "a"))
        #expect(try CronExpression("0 9 * * *").seeded(by: "a") == CronExpression("0 9 * * *"))
        #expect(try CronExpression("H H * * *") == CronExpression("H H * * *", seed: ""))
    }

    @Test("values lie in their range, spread over all of it, and days are those of every month")
    func spread() throws {
        let start = try Timestamp(parsing: "2026-01-31T23:59:59Z")
        var minutes: Set<Int> = []
        var days: Set<Int> = []
        var weekdays: Set<Int> = []
        for number in 0..<2_000 {
            let seed = "schedule-\(number)"
            func civil(_ text: String) throws -> CivilDateTime {
                let next = try CronExpression(text, seed: seed).next(after: start, in: .utc)
                return try #require(next.flatMap { Zone.utc.civil(at: $0) })
            }
            minutes.insert(try civil("H * * * *").minute)
            days.insert(try civil("0 0 H * *").day)
            weekdays.insert(try civil("0 0 * * H").weekday)
            #expect((20...29).contains(try civil("H(20-29) * * * *").minute))
            #expect([22, 23, 0, 1, 2].contains(try civil("0 H(22-2) * * *").hour))
        }
        #expect(minutes == Set(0...59))
        #expect(days == Set(1...28))
        #expect(weekdays == Set(0...6))
    }

    @Test("steps start at a value that the seed chooses")
    func steps() throws {
        let start = try Timestamp(parsing: "2025-12-31T23:59:59Z")
        let end = try Timestamp(parsing: "2026-01-01T01:00:00Z")
        for number in 0..<100 {
            let expression = try CronExpression("H/15 * * * *", seed: "\(number)")
            let fires = Array(expression.occurrences(after: start, until: end, in: .utc))
            let minutes: [Int] = fires.compactMap { Zone.utc.civil(at: $0)?.minute }
            let first = minutes.first ?? 60
            #expect(first < 15)
            #expect(minutes == [first, first + 15, first + 30, first + 45])
            let within = try CronExpression("H(10-19)/4 * * * *", seed: "\(number)")
            #expect(
                within.occurrences(after: start, until: end, in: .utc).allSatisfy {
                    (10...19).contains(Zone.utc.civil(at: $0)?.minute ?? 0)
                }
            )
            #expect(throws: Never.self) { try CronExpression("0 0 H/60 H/60 * ", seed: "\(number)") }
        }
    }
}
