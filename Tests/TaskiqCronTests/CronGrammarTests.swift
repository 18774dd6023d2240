// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import Testing

@Suite("Cron grammar")
struct CronGrammarTests {
    /// Two spellings that fire at the same instants.
    static let synonyms: [(String, String)] = [
        ("*/15 * * * *", "0,15,30,45 * * * *"),
        ("5-10/2 * * * *", "5,7,9 * * * *"),
        ("50/3 * * * *", "50,53,56,59 * * * *"),
        ("58-2 0 * * *", "58,59,0,1,2 0 * * *"),
        ("0 22-2 * * *", "0 22,23,0,1,2 * * *"),
        ("0 22-4/3 * * *", "0 22,1,4 * * *"),
        ("0 0 30-2 * *", "0 0 30,31,1,2 * *"),
        ("0 0 1 NOV-FEB *", "0 0 1 11,12,1,2 *"),
        ("0 0 1 nov-2/2 *", "0 0 1 11,1 *"),
        ("0 9 * * MON-FRI", "0 9 * * 1,2,3,4,5"),
        ("0 9 * * fri-Mon", "0 9 * * 5,6,0,1"),
        ("0 9 * * FRI-MON/2", "0 9 * * 5,7"),
        ("0 9 * * 7", "0 9 * * 0"),
        ("0 9 * * 5-7", "0 9 * * 5,6,0"),
        ("0 9 * * 7-2", "0 9 * * 0,1,2"),
        ("0 9 * * 0-7", "0 9 * * *"),
        ("0 9 * * 1/2", "0 9 * * 1,3,5,7"),
        ("0 9 * * 7/2", "0 9 * * 0"),
        ("0 9 * * 3-3", "0 9 * * 3"),
        ("0 9 * * */2", "0 9 * * 0,2,4,6"),
        ("0 9 ? * 1", "0 9 * * 1"),
        ("0 9 1 * ?", "0 9 1 * *"),
        ("0 0 1 * *", "@monthly"),
        ("0 0 1 1 *", "@yearly"),
        ("0 0 1 1 *", "@annually"),
        ("0 0 * * 0", "@weekly"),
        ("0 0 * * *", "@daily"),
        ("0 0 * * *", "@MidNight"),
        ("0 * * * *", "  @hourly\t"),
        ("0 9 * * 1", " \t0\t 9 *  *\t1  "),
        ("00 09 01 01 *", "0 9 1 1 *"),
        ("*/90 * * * *", "0 * * * *"),
        ("0/999999 * * * *", "0 * * * *"),
        ("0 0 9 * * MON", "0 9 * * 1"),
        ("0 */20 * * * *", "*/20 * * * *"),
        ("0,0 0 9 * * ?", "0 9 * * *"),
        ("0 0 9 * * 1 *", "0 9 * * 1"),
        ("0 0 9 * * 1 */1", "0 9 * * 1"),
        ("0 9 l * *", "0 9 L-0 * *"),
        ("0 9 * * FriL", "0 9 * * 5#l"),
        ("0 9 * * 7L", "0 9 * * SUNL"),
        ("0 9 * * 1#1,1#2,1#3,1#4,1#5", "0 9 * * 1"),
        ("0 9 15 * +MON-SUN", "0 9 15 * *"),
        ("@every 60m", "@every 1h"),
        ("@every 1.5m", "@every 1m30s"),
        ("@every 1w", "@every 7d"),
        ("@every 1ns", "@every 1s"),
        ("CRON_TZ=Europe/Berlin 0 9 * * *", "0 9 * * *"),
        ("TZ=Europe/Berlin  @daily", "@midnight"),
    ]

    @Test("spellings of the same schedule", arguments: synonyms)
    func synonym(first: String, second: String) throws {
        let start = try Timestamp(parsing: "2024-02-20T10:00:30Z")
        let zone = try Zone(identifier: "Europe/Berlin")
        let expected = try CronExpression(second).occurrences(after: start, in: zone).prefix(150)
        let actual = try CronExpression(first).occurrences(after: start, in: zone).prefix(150)
        #expect(Array(actual) == Array(expected))
        #expect(Array(actual).count == 150)
    }

    /// The days of November 2026 (the first is a Sunday) that match.
    @Test(
        "day of month or day of week, and the star rule",
        arguments: [
            ("0 0 13 * FRI", [6, 13, 20, 27]),
            ("0 0 10,20 * MON", [2, 9, 10, 16, 20, 23, 30]),
            ("0 0 * * MON", [2, 9, 16, 23, 30]),
            ("0 0 13 * *", [13]),
            ("0 0 */10 * SUN", [1]),
            ("0 0 *,13 * FRI", [6, 13, 20, 27]),
            ("0 0 10-20 * */3", [11, 14, 15, 18]),
            ("0 0 ? * FRI", [6, 13, 20, 27]),
            ("0 0 13 * ?", [13]),
            ("0 0 31,29 * *", [29]),
            ("0 0 L * *", [30]),
            ("0 0 L-3,5 * *", [5, 27]),
            ("0 0 1W * *", [2]),
            ("0 0 14W,15W * *", [13, 16]),
            ("0 0 30W,LW,31W * *", [30]),
            ("0 0 L-1W * *", [30]),
            ("0 0 L-2W * *", [27]),
            ("0 0 * * MON#2", [9]),
            ("0 0 * * MON#5,TUE", [3, 10, 17, 24, 30]),
            ("0 0 * * FRIL,SUN#1", [1, 27]),
            ("0 0 13 * +FRI", [13]),
            ("0 0 1-7 * +FRI", [6]),
            ("0 0 L * FRI#1", [6, 30]),
            ("0 0 */2 * MON#1,MON#2", [9]),
            ("0 0 0 ? * 2L 2026", [24]),
            ("0 0 0 ? * 2L 2027", []),
        ]
    )
    func days(text: String, expected: [Int]) throws {
        let start = try Timestamp(parsing: "2026-10-31T23:59:59Z")
        let end = try Timestamp(parsing: "2026-11-30T23:59:59Z")
        let days = try CronExpression(text).occurrences(after: start, in: .utc).prefix { $0 < end }
        #expect(days.compactMap { Zone.utc.civil(at: $0)?.day } == expected)
    }

    @Test("an expression is described by its text and equal to one with the same text")
    func identity() throws {
        let text = " 0  9 * * mon"
        #expect(try CronExpression(text).description == text)
        #expect(try CronExpression(text) == CronExpression(text))
        #expect(try CronExpression(text) != CronExpression("0 9 * * mon"))
        #expect(MemoryLayout<CronExpression>.size <= 8)
    }

    @Test("next is strictly later, whatever the milliseconds")
    func strictlyLater() throws {
        let hourly = try CronExpression("@hourly")
        let ten = try Timestamp(parsing: "2026-11-22T10:00:00Z")
        let eleven = try Timestamp(parsing: "2026-11-22T11:00:00Z")
        #expect(hourly.next(after: ten.adding(.milliseconds(-1)), in: .utc) == ten)
        #expect(hourly.next(after: ten, in: .utc) == eleven)
        #expect(hourly.next(after: ten.adding(.milliseconds(1)), in: .utc) == eleven)
        #expect(hourly.matches(ten, in: .utc))
        #expect(hourly.matches(ten.adding(.milliseconds(999)), in: .utc))
        #expect(!hourly.matches(ten.adding(.seconds(1)), in: .utc))
        #expect(!hourly.matches(ten.adding(.milliseconds(-1)), in: .utc))
    }

    @Test("the search ends with the year 2199 and copes with every timestamp")
    func limits() throws {
        let minutely = try CronExpression("* * * * *")
        let leap = try CronExpression("0 0 29 2 *")
        let last = try Timestamp(parsing: "2199-12-31T23:59:00Z")
        #expect(minutely.next(after: last.adding(.seconds(-1)), in: .utc) == last)
        #expect(minutely.next(after: last, in: .utc) == nil)
        #expect(minutely.next(after: .latest, in: .utc) == nil)
        #expect(try minutely.next(after: .earliest, in: .utc) == Timestamp(parsing: "0001-01-01T00:01:00Z"))
        #expect(try leap.next(after: .earliest, in: .utc) == Timestamp(parsing: "0004-02-29T00:00:00Z"))
        // 2100 is no leap year.
        let after2096 = try Timestamp(parsing: "2096-03-01T00:00:00Z")
        #expect(try leap.next(after: after2096, in: .utc) == Timestamp(parsing: "2104-02-29T00:00:00Z"))
        #expect(Array(leap.occurrences(after: after2096, in: .utc)).count == 24)
    }
}
