// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqCommands

@Suite("taskiq cron check")
struct CronCheckTests {
    private func check(_ text: String, dialect: CronDialect = .standard) throws -> CronCheck {
        let now = try Timestamp(parsing: "2026-11-26T00:00:00Z")
        var check = CronCheck(dialect: dialect, zone: .utc, now: now)
        check.read(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), of: "tab")
        return check
    }

    @Test(
        "a problem is said with its place, as linters do",
        arguments: [
            ("61 * * * * /bin/x", ["tab:1:1: error: minute: \"61\" is not a minute, allowed is 0-59"]),
            (
                "\n\n  0 0 30 2 * x",
                [
                    "tab:3:7: error: day of month: it would never fire, because none of the months has such a day"
                ]
            ),
            (
                "0 9 * * FUNDAY x",
                [
                    "tab:1:9: error: day of week: \"FUNDAY\" is not the name of a day of week, allowed is 0-7 or SUN-SAT; "
                        + "did you mean SUN?"
                ]
            ),
            ("*/7 * * * * x", ["tab:1:1: warning: minute: 7 does not divide 60: after minute 56 comes 0, 4 later"]),
            (
                "CRON_TZ=Europe/Berlin\n30 2 * * * x",
                [
                    "tab:2:1: warning: in Europe/Berlin clocks go forward at 2027-03-28T01:00:00Z and skip 02:30: "
                        + "runs once, right after the gap",
                    "tab:2:1: warning: in Europe/Berlin clocks go back at 2027-10-31T01:00:00Z and show 02:30 twice: "
                        + "runs the first time only",
                ]
            ),
            // The zone of an expression of its own wins.
            ("CRON_TZ=Europe/Berlin\nCRON_TZ=UTC 30 2 * * * x", []),
            ("@reboot x\n@daily x\n@every 5m x\n0 0 * * 1-5\nMAILTO=a@b.c\n# 61 * * * *\n", []),
        ]
    )
    func problems(text: String, expected: [String]) throws {
        #expect(try check(text).problems.map(\.description) == expected)
    }

    @Test("an unknown zone is an error at its name, and the zone before stays")
    func zone() throws {
        let check = try check("TZ=No/Where\n30 2 * * * x")
        #expect(check.problems.map(\.line) == [1])
        #expect(check.problems.map(\.column) == [4])
        #expect(check.problems.map(\.code) == ["notFound"])
        #expect(check.expressionCount == 1)
    }

    @Test(
        "the expression of a line ends where a user or a command begins",
        arguments: [
            ("0 4 * * *", "0 4 * * *"), ("0 4 * * * root /bin/x", "0 4 * * *"), ("0 4 * * * 7z a x", "0 4 * * *"),
            ("0 4 * * * 7z", "0 4 * * *"), ("0 4 * * * 1.sh", "0 4 * * *"), ("0 4 * * * L", "0 4 * * * L"),
            ("0 0 4 * * MON", "0 0 4 * * MON"), ("0 0 4 * * MON-FRI 2027", "0 0 4 * * MON-FRI 2027"),
            ("0 0 4 * * FRIL", "0 0 4 * * FRIL"), ("0 0 4 L-3W * ?", "0 0 4 L-3W * ?"),
            ("0 4 * * MON monitor", "0 4 * * MON"), ("0 4 * * * sunset", "0 4 * * *"),
            ("0 4 * * 1 december --now", "0 4 * * 1"),
            ("@daily root x", "@daily"), ("@every 5m x", "@every 5m"), ("@every", "@every"),
            ("TZ=UTC 0 4 * * * x", "TZ=UTC 0 4 * * *"), ("0\t4  *\t* * x", "0\t4  *\t* *"), ("", ""),
        ]
    )
    func expression(line: String, expected: String) {
        #expect(CronCheck.expression(in: line) == expected)
    }

    @Test("each dialect has its own mistakes")
    func dialects() throws {
        #expect(try check("0 0 * * FRI-MON", dialect: .standard).problems.isEmpty)
        #expect(try check("0 0 * * FRI-MON", dialect: .ocps).problems.map(\.isError) == [true])
        #expect(try check("0 0 12 * * 1", dialect: .quartz).problems.map(\.isError) == [true])
    }

    @Test("JSON has the same, a member each")
    func json() throws {
        let problem = try #require(try check("61 * * * *").problems.first)
        #expect(
            "\(problem.json.fragment)" == #"{"file":"tab","line":1,"column":1,"severity":"error","code":"outOfRange","#
                + #""message":"minute: \"61\" is not a minute, allowed is 0-59"}"#
        )
    }
}
