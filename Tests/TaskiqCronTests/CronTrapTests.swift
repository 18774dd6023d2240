// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import Testing

/// What other engines are known to get wrong, by the name of the trap; jumps of the clock are in DaylightSavingTests.
@Suite("Known traps of other engines")
struct CronTrapTests {
    private func fires(_ text: String, _ zone: String, _ start: String, _ count: Int) throws -> [String] {
        let zone = try Zone(identifier: zone)
        let occurrences = try CronExpression(text).occurrences(after: Timestamp(parsing: start), in: zone)
        return occurrences.prefix(count).map { $0.rfc3339(in: zone) }
    }

    @Test("St John's fold at 00:01 does not loop, whatever the start")
    func stJohns() throws {
        let zone = try Zone(identifier: "America/St_Johns")
        let expression = try CronExpression("52 */4 * * *")
        let first = try Timestamp(parsing: "2008-11-02T00:00:00Z")
        var last: Timestamp?
        for second in stride(from: 0, to: 6 * 3_600, by: 61) {
            let start = first + .seconds(second)
            let next = try #require(expression.next(after: start, in: zone))
            #expect(next > start)
            #expect(next >= last ?? next)
            last = next
        }
        #expect(
            try fires("1 0 * * *", "America/St_Johns", "2008-11-01T12:00:00-02:30", 2)
                == ["2008-11-02T00:01:00-03:30", "2008-11-03T00:01:00-03:30"]
        )
    }

    @Test("Lord Howe's half hour loses and invents nothing")
    func lordHowe() throws {
        #expect(
            try fires("*/15 1,2 * * *", "Australia/Lord_Howe", "2024-04-07T01:29:59+11:00", 6)
                == [
                    "2024-04-07T01:30:00+11:00", "2024-04-07T01:45:00+11:00", "2024-04-07T01:30:00+10:30",
                    "2024-04-07T01:45:00+10:30", "2024-04-07T02:00:00+10:30", "2024-04-07T02:15:00+10:30",
                ]
        )
        #expect(
            try fires("0 2 * * *", "Australia/Lord_Howe", "2024-10-05T12:00:00+10:30", 2)
                == ["2024-10-06T02:30:00+11:00", "2024-10-07T02:00:00+11:00"]
        )
    }

    @Test("Apia's missing day comes to an end and fires once a year later")
    func apia() throws {
        #expect(
            try fires("0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00-10:00", 1) == ["2012-12-30T12:00:00+14:00"]
        )
        #expect(
            try fires("0 0 31 12 *", "Pacific/Apia", "2011-12-01T00:00:00-10:00", 1) == ["2011-12-31T00:00:00+14:00"]
        )
    }

    @Test("Troll's two hours and Casey's three, the longest gap but one and the first that is not made up for")
    func longGaps() throws {
        #expect(
            try fires("0 1,2 * * *", "Antarctica/Troll", "2024-03-30T12:00:00Z", 2)
                == ["2024-03-31T03:00:00+02:00", "2024-04-01T01:00:00+02:00"]
        )
        #expect(
            try fires("30 2,3,4 18 10 *", "Antarctica/Casey", "2009-10-17T00:00:00+08:00", 1)
                == ["2010-10-18T02:30:00+08:00"]
        )
    }

    @Test("a start in the second pass of a repeated hour is never answered with the past")
    func secondPass() throws {
        #expect(
            try fires("30 1 * * *", "America/New_York", "2025-11-02T01:10:00-05:00", 1) == ["2025-11-03T01:30:00-05:00"]
        )
        #expect(
            try fires("* * * * *", "America/Los_Angeles", "2025-11-02T01:00:00-08:00", 1)
                == ["2025-11-02T01:01:00-08:00"]
        )
    }

    @Test("a midnight that does not exist")
    func midnight() throws {
        #expect(
            try fires("0 0 * * *", "Africa/Cairo", "2024-04-25T12:00:00+02:00", 1) == ["2024-04-26T01:00:00+03:00"]
        )
        #expect(
            try fires("0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00-03:00", 1)
                == ["2018-11-04T01:00:00-02:00"]
        )
    }

    @Test("the calendar's traps")
    func calendar() throws {
        // A step of 15 days reaches the first day of March.
        #expect(try fires("40 * */15 * *", "UTC", "2023-02-28T12:00:00Z", 1) == ["2023-03-01T00:40:00+00:00"])
        // The 30th of February is not the 2nd of March.
        #expect(try fires("0 0 30 2 *", "UTC", "2024-01-01T00:00:00Z", 1) == [])
        // 29 February is found over 2100, which is no leap year.
        #expect(try fires("0 0 29 2 *", "UTC", "2097-01-01T00:00:00Z", 1) == ["2104-02-29T00:00:00+00:00"])
        // The nth weekday does not push plain ones out of a list.
        #expect(
            try fires("0 0 * * 2#1,3", "UTC", "2024-01-01T00:00:00Z", 3)
                == ["2024-01-02T00:00:00+00:00", "2024-01-03T00:00:00+00:00", "2024-01-10T00:00:00+00:00"]
        )
        // Nor does one W another.
        #expect(
            try fires("0 0 1W,15W * *", "UTC", "2024-06-01T00:00:00Z", 3)
                == ["2024-06-03T00:00:00+00:00", "2024-06-14T00:00:00+00:00", "2024-07-01T00:00:00+00:00"]
        )
        // L-30 fires in months of 31 days, and only once.
        #expect(
            try fires("0 0 L-30 * *", "UTC", "2024-01-01T00:00:00Z", 2)
                == ["2024-03-01T00:00:00+00:00", "2024-05-01T00:00:00+00:00"]
        )
        // 31W is a day of months that have a 31st; its Sunday at the end goes back to Friday.
        #expect(
            try fires("0 0 31W * *", "UTC", "2020-03-31T00:00:00Z", 2)
                == ["2020-05-29T00:00:00+00:00", "2020-07-31T00:00:00+00:00"]
        )
        // A year ends an expression.
        #expect(try fires("0 0 0 1 1 * 2027", "UTC", "2026-01-01T00:00:00Z", 2) == ["2027-01-01T00:00:00+00:00"])
        // A range that ends in 7 has Sunday.
        #expect(
            try fires("0 0 * * 5-7", "UTC", "2024-01-05T00:00:00Z", 2)
                == ["2024-01-06T00:00:00+00:00", "2024-01-07T00:00:00+00:00"]
        )
        // a-a/n is a, and a step larger than the range leaves its first value.
        #expect(try fires("0-59/65 10-10/3 * * *", "UTC", "2024-01-01T10:30:00Z", 1) == ["2024-01-02T10:00:00+00:00"])
    }

    @Test("rare dates cost no more than others")
    func rare() throws {
        #expect(try fires("0 0 * 2 MON#5", "UTC", "2052-03-01T00:00:00Z", 1) == ["2072-02-29T00:00:00+00:00"])
        // Over the missing leap day of 2100 it takes forty years.
        #expect(try fires("0 0 29 2 +TUE", "UTC", "2072-03-01T00:00:00Z", 1) == ["2084-02-29T00:00:00+00:00"])
    }
}
