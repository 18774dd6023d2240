// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import Testing

@testable import TaskiqCommands

@Suite("taskiq cron explain")
struct CronExplainTests {
    private func explain(_ arguments: String) throws -> [String] {
        try CronExplainCommand.parse(words(arguments)).lines()
    }

    @Test("the meaning, the next instants with their remarks, and warnings")
    func text() throws {
        let lines = try explain("30_2_*_*_* --tz Europe/Berlin --from 2024-03-30T00:00:00Z -n 3")
        #expect(
            lines == [
                "At 02:30 every day.", "",
                "  2024-03-30T02:30:00+01:00  2024-03-30T01:30:00Z",
                "  2024-03-31T03:00:00+02:00  2024-03-31T01:00:00Z  (right after a gap that skips 2024-03-31T02:30:00)",
                "  2024-04-01T02:30:00+02:00  2024-04-01T00:30:00Z", "",
                "warning: in Europe/Berlin clocks go forward at 2024-03-31T01:00:00Z and skip 02:30: "
                    + "runs once, right after the gap",
                "warning: in Europe/Berlin clocks go back at 2024-10-27T01:00:00Z and show 02:30 twice: "
                    + "runs the first time only",
                "warning: in Europe/Berlin clocks go forward at 2025-03-30T01:00:00Z and skip 02:30: "
                    + "runs once, right after the gap",
            ]
        )
    }

    @Test("a repeated time says which of the two it is")
    func repeated() throws {
        let lines = try explain("*/30_2_*_*_* --tz Europe/Berlin --from 2024-10-27T02:00:00+02:00 -n 2")
        #expect(lines.contains(where: { $0.hasSuffix("(clocks show this time twice, the first one)") }))
        #expect(lines.contains(where: { $0.hasSuffix("(the second one)") }))
    }

    @Test("what never fires is explained, and ends with code 1")
    func never() throws {
        #expect(try explain("0_0_30_2_*") == ["At 00:00, on day 30 of the month, which never happens."])
        let command = try CronExplainCommand.parse(["0 0 30 2 *", "-n", "0", "--json"])
        let error = try #require(throws: CommandExit.self) { try command.failIfNeverFires() }
        #expect(error.code == .problem)
        #expect(error.message?.contains("none of the months has such a day") == true)
        try CronExplainCommand.parse(["0 0 29 2 *"]).failIfNeverFires()
    }

    @Test("JSON has the same")
    func json() throws {
        let lines = try explain("0_0_13_*_FRI --from 2024-03-30T00:00:00Z -n 1 --json")
        let value = try JSONFragment(parsing: try #require(lines.first)).decode(JSONValue.self)
        #expect(lines.count == 1)
        #expect(value["expression"] == "0 0 13 * FRI")
        #expect(value["zone"] == "UTC")
        #expect(value["neverFires"] == false)
        guard case .array(let next)? = value["next"], case .array(let warnings)? = value["warnings"] else {
            Issue.record("\(lines)")
            return
        }
        #expect(next.first?["utc"] == "2024-04-05T00:00:00Z")
        #expect(warnings.map { $0["code"] } == [.string("eitherDay")])
    }
}
