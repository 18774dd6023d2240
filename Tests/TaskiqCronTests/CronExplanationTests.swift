// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import Testing

@Suite("Cron explanations")
struct CronExplanationTests {
    @Test(
        "an expression in words",
        arguments: [
            ("* * * * *", "Every minute."), ("*/15 * * * *", "Every 15 minutes."),
            ("*/7 * * * *", "Every 7 minutes from the start of every hour."),
            ("5 * * * *", "At minute 5 of every hour."),
            ("0 9 * * MON-FRI", "At 09:00, on Monday through Friday."), ("30 2 * * *", "At 02:30 every day."),
            ("*/10 9-17 * * 1-5", "Every 10 minutes, from 09:00 through 17:59, on Monday through Friday."),
            ("0 0 1,15 * FRI", "At 00:00, on days 1 and 15 of the month or on Friday."),
            ("0 0 13 * +FRI", "At 00:00, on day 13 of the month if that is also Friday."),
            ("0 0 L * *", "At 00:00, on the last day of the month."),
            (
                "0 0 LW,15W * *",
                "At 00:00, on the last weekday of the month and the weekday nearest to day 15 of the month."
            ),
            ("0 0 L-2 * *", "At 00:00, on the 2nd day before the last day of the month."),
            ("0 0 * * MON#2,FRIL", "At 00:00, on the 2nd Monday of the month and the last Friday of the month."),
            ("0 0 1 JAN-MAR *", "At 00:00, on day 1 of the month, in January through March."),
            ("15 30 8 1 1 * 2027-2030", "At 08:30:15, on day 1 of the month, in January, in 2027 through 2030."),
            ("*/30 * * * * *", "Every 30 seconds."), ("0 */2 * * *", "At minute 0, in every 2nd hour from 00:00 on."),
            ("@weekly", "At 00:00, on Sunday."), ("@hourly", "At minute 0 of every hour."),
            ("@every 90m", "Every 1 hour and 30 minutes, counted from when it was last due."),
            ("@reboot", "Once when the scheduler starts."),
            ("CRON_TZ=Asia/Tokyo 0 9 * * *", "At 09:00 every day, by the clocks of Asia/Tokyo."),
            ("0 0 30 2 *", "At 00:00, on day 30 of the month, which never happens."),
        ]
    )
    func words(text: String, expected: String) throws {
        #expect(try CronExpression(text).explanation == expected)
    }

    @Test("Quartz counts weekdays from one, words do not")
    func quartz() throws {
        let expression = try CronExpression("0 0 9 ? * 2-6", dialect: .quartz)
        #expect(expression.explanation == "At 09:00, on Monday through Friday.")
    }

    @Test(
        "what is often not meant",
        arguments: [
            ("0 9 * * MON-FRI", []), ("* * * * *", []), ("0 0 L * *", []), ("0 0 1,31 * *", []), ("0 0 31 1 *", []),
            ("0 0 13 * FRI", ["eitherDay@10"]), ("0 0 13 * +FRI", []),
            ("0 0 */2 * MON", ["steppedStar@5", "daysRestart@5"]),
            ("0 0 1 * */2", ["steppedStar@9"]), ("0 0 */7 * *", ["daysRestart@5"]), ("*/7 * * * *", ["unevenStep@1"]),
            ("*/90 * * * *", ["largeStep@1"]), ("0 0 * * 1/2", ["weekdayStep@9"]), ("0 0 31 * *", ["shortMonths@5"]),
            ("0 0 29 2 *", ["shortMonths@5"]), ("0 0 30W * *", ["shortMonths@5"]), ("@every 5ms", ["shortInterval"]),
            ("@every 1s", []), ("@daily", []), ("TZ=UTC */7 * * * *", ["unevenStep@8"]),
        ] as [(String, [String])]
    )
    func lint(text: String, expected: [String]) throws {
        let warnings = try CronExpression(text).warnings()
        #expect(warnings.map { "\($0.code)" + ($0.column.map { "@\($0)" } ?? "") } == expected)
    }

    @Test(
        "a day that some months lack is told from one that some years lack",
        arguments: [
            ("0 0 29 2 *", "only leap years"), ("0 0 29 * *", "months without"), ("0 0 31 2-4 *", "months without"),
        ]
    )
    func shortMonths(text: String, beginning: String) throws {
        let warning = try #require(CronExpression(text).warnings().first)
        #expect(warning.message.hasPrefix(beginning))
    }

    @Test("what jumps of the clock do")
    func transitions() throws {
        let berlin = try Zone(identifier: "Europe/Berlin")
        let start = try Timestamp(parsing: "2024-01-01T00:00:00Z")
        let end = try Timestamp(parsing: "2025-01-01T00:00:00Z")
        func effects(_ text: String, _ policy: TransitionPolicy = .automatic) throws -> [String] {
            try CronExpression(text).transitionEffects(after: start, until: end, in: berlin, policy: policy).map {
                "\($0.outcome) \($0.count) \($0.firstLocalTime) \($0.lastLocalTime)"
            }
        }
        let gap = "1 2024-03-31T02:30:00 2024-03-31T02:30:00"
        let fold = "1 2024-10-27T02:30:00 2024-10-27T02:30:00"
        #expect(try effects("30 2 * * *") == ["runs-after-gap \(gap)", "runs-once \(fold)"])
        #expect(
            try effects("30 2 * * *", .init(gap: .skip, repeated: .twice)) == [
                "does-not-run \(gap)", "runs-twice \(fold)",
            ]
        )
        #expect(try effects("0 9 * * *") == [])
        #expect(
            try effects("*/20 * * * *") == [
                "does-not-run 3 2024-03-31T02:00:00 2024-03-31T02:40:00",
                "runs-twice 3 2024-10-27T02:00:00 2024-10-27T02:40:00",
            ]
        )
        #expect(try effects("0 0 30 2 *") == [])

        let warnings = try CronExpression("30 2 * * *").warnings(in: berlin, after: start)
        #expect(warnings.map(\.code) == [.skippedTime, .repeatedTime])
        #expect(
            warnings.first?.description
                == "in Europe/Berlin clocks go forward at 2024-03-31T01:00:00Z and skip 02:30: runs once, right after the gap"
        )
        // A heartbeat follows real time, which is what everybody expects.
        #expect(try CronExpression("*/20 * * * *").warnings(in: berlin, after: start).isEmpty)
        // Apia's missing day is no gap that is made up for.
        let apia = try Zone(identifier: "Pacific/Apia")
        let missing = try CronExpression("0 12 * * *").transitionEffects(
            after: Timestamp(parsing: "2011-12-01T00:00:00Z"),
            until: Timestamp(parsing: "2012-01-15T00:00:00Z"),
            in: apia
        )
        #expect(missing.map(\.outcome) == [.doesNotRun])
        #expect(missing.first?.firstLocalTime.description == "2011-12-30T12:00:00")
    }
}
