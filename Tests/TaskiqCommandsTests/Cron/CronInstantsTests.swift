// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import TaskiqApp
import Testing

@testable import TaskiqCommands

@Suite("taskiq cron next and prev")
struct CronInstantsTests {
    /// What a command prints, given its arguments, with spaces between them; an expression has underscores in theirs.
    private func next(_ arguments: String) throws -> [String] {
        try CronNextCommand.parse(words(arguments)).lines()
    }

    private func prev(_ arguments: String) throws -> [String] {
        try CronPrevCommand.parse(words(arguments)).lines()
    }

    @Test(
        "the next instants, in the zone that was asked for",
        arguments: [
            ("0_4_*_*_* --from 2026-11-26T00:00:00Z -n 2", ["2026-11-26T04:00:00Z", "2026-11-27T04:00:00Z"]),
            ("0_4_*_*_* --from 2026-11-26T04:00:00Z -n 1", ["2026-11-27T04:00:00Z"]),
            ("0_4_*_*_* --from 2026-11-26T03:59:59.999Z -n 1", ["2026-11-26T04:00:00Z"]),
            (
                "30_2_*_*_* --tz Europe/Berlin --from 2024-03-30T12:00:00+01:00 -n 2",
                ["2024-03-31T03:00:00+02:00", "2024-04-01T02:30:00+02:00"]
            ),
            (
                "30_2_*_*_* --tz Europe/Berlin --gap skip --from 2024-03-30T12:00:00+01:00 -n 1",
                ["2024-04-01T02:30:00+02:00"]
            ),
            (
                "30_2_*_*_* --tz Europe/Berlin --repeated twice --from 2024-10-26T12:00:00+02:00 -n 2",
                ["2024-10-27T02:30:00+02:00", "2024-10-27T02:30:00+01:00"]
            ),
            ("CRON_TZ=Asia/Tokyo_0_9_*_*_* --tz UTC --from 2026-11-26T00:00:00Z -n 1", ["2026-11-27T09:00:00+09:00"]),
            ("0_9_*_*_* --tz +05:30 --from 2026-11-26T00:00:00Z -n 1", ["2026-11-26T09:00:00+05:30"]),
            ("0_0_30_2_* --from 2026-11-26T00:00:00Z", []),
            ("@reboot --from 2026-11-26T00:00:00Z", []),
            ("0_0_1_1_*_2099 --from 2026-11-26T00:00:00Z", nil),
            ("0_0_0_1_1_*_2099 --from 2026-11-26T00:00:00Z", ["2099-01-01T00:00:00Z"]),
            ("0_12_?_*_1 --dialect quartz --from 2026-11-26T00:00:00Z -n 1", nil),
            ("0_0_12_?_*_1 --dialect quartz --from 2026-11-26T00:00:00Z -n 1", ["2026-11-29T12:00:00Z"]),
            ("H_H_*_*_* --seed a --from 2024-01-04T00:00:00Z -n 1", ["2024-01-04T01:26:00Z"]),
        ] as [(String, [String]?)]
    )
    func next(arguments: String, expected: [String]?) throws {
        if let expected {
            #expect(try next(arguments) == expected)
        } else {
            #expect(throws: CommandExit.self) { try next(arguments) }
        }
    }

    @Test(
        "the instants before, the latest first",
        arguments: [
            ("0_4_*_*_* --from 2026-11-26T04:00:00Z -n 2", ["2026-11-25T04:00:00Z", "2026-11-24T04:00:00Z"]),
            ("0_4_*_*_* --from 2026-11-26T04:00:00.001Z -n 1", ["2026-11-26T04:00:00Z"]),
            // Finer than instants are kept, and still after four o'clock.
            ("0_4_*_*_* --from 2026-11-26T04:00:00.0000001Z -n 1", ["2026-11-26T04:00:00Z"]),
            (
                "0_0_29_2_* --from 2024-03-01T00:00:00Z -n 3",
                ["2024-02-29T00:00:00Z", "2020-02-29T00:00:00Z", "2016-02-29T00:00:00Z"]
            ),
            (
                "30_2_*_*_* --tz Europe/Berlin --from 2024-04-01T00:00:00+02:00 -n 2",
                ["2024-03-31T03:00:00+02:00", "2024-03-30T02:30:00+01:00"]
            ),
            ("0_0_30_2_* --from 2026-11-26T00:00:00Z", []),
        ]
    )
    func prev(arguments: String, expected: [String]) throws {
        #expect(try prev(arguments) == expected)
    }

    @Test("JSON is one array")
    func json() throws {
        let arguments = "0_4_*_*_* --from 2026-11-26T00:00:00Z -n 2 --json"
        #expect(try next(arguments) == [#"["2026-11-26T04:00:00Z","2026-11-27T04:00:00Z"]"#])
        #expect(try prev(arguments) == [#"["2026-11-25T04:00:00Z","2026-11-24T04:00:00Z"]"#])
        #expect(try next("0_0_30_2_* --json") == ["[]"])
    }

    @Test(
        "what is wrong is said and ends with code 2",
        arguments: [
            ("61_*_*_*_*", #"minute (column 1): "61" is not a minute, allowed is 0-59"#),
            ("0_9_*_*_FUNDAY", "did you mean SUN?"),
            ("*_*_*_*_* --tz No/Where", #"time zone "No/Where""#),
            ("*_*_*_*_* --from soon", #"timestamp "soon", column 1"#),
            ("*_*_*_*_* --dialect klingon", "there is no dialect \"klingon\"; there are standard, vixie"),
            ("*_*_*_*_* --gap sometimes", "--gap is one of automatic, run-after, skip"),
            ("*_*_*_*_* --repeated thrice", "--repeated is one of automatic, once, twice"),
            ("", "an expression is missing"),
        ]
    )
    func wrong(arguments: String, message: String) throws {
        for command in [next(_:), prev(_:)] as [(String) throws -> [String]] {
            let error = try #require(throws: CommandExit.self) { try command(arguments) }
            #expect(error.code == .usage)
            #expect(error.message?.contains(message) == true, "\(error.message ?? "")")
        }
    }

    @Test(
        "numbers out of range, and an expression beside --batch, are refused",
        arguments: [
            ["* * * * *", "-n", "0"], ["* * * * *", "-n", "100001"], ["* * * * *", "--batch"],
        ]
    )
    func refused(arguments: [String]) {
        #expect(throws: (any Error).self) { try CronNextCommand.parse(arguments) }
    }
}

/// Arguments with spaces between them; what needs spaces has underscores.
func words(_ arguments: String) -> [String] {
    arguments.split(separator: " ").map { word in
        word.hasPrefix("-") || word.contains("/") && !word.contains("*") || !word.contains("_")
            ? String(word) : String(word).replacing("_", with: " ").replacing("CRON TZ", with: "CRON_TZ")
    }
}
