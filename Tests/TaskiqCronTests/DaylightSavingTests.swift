// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import Testing

@Suite("Jumps of the clock")
struct DaylightSavingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var zone: String
        var start: String
        /// The fires up to the end of the local day after `start`, or as many as are listed.
        var fires: [String]
        var testDescription: String { "\(text) in \(zone)" }

        init(_ text: String, _ zone: String, _ start: String, _ fires: [String]) {
            self.text = text
            self.zone = zone
            self.start = start
            self.fires = fires
        }
    }

    static let gaps: [Case] = [
        // 02:00 becomes 03:00 on 2024-03-31.
        Case(
            "30 2 * * *",
            "Europe/Berlin",
            "2024-03-30T12:00:00+01:00",
            [
                "2024-03-31T03:00:00+02:00", "2024-04-01T02:30:00+02:00",
            ]
        ),
        Case(
            "15,45 2 * * *",
            "Europe/Berlin",
            "2024-03-30T12:00:00+01:00",
            [
                "2024-03-31T03:00:00+02:00", "2024-04-01T02:15:00+02:00",
            ]
        ),
        Case(
            "30 2,3 * * *",
            "Europe/Berlin",
            "2024-03-30T12:00:00+01:00",
            [
                "2024-03-31T03:00:00+02:00", "2024-03-31T03:30:00+02:00", "2024-04-01T02:30:00+02:00",
            ]
        ),
        Case(
            "* 2 * * *",
            "Europe/Berlin",
            "2024-03-30T12:00:00+01:00",
            [
                "2024-04-01T02:00:00+02:00", "2024-04-01T02:01:00+02:00",
            ]
        ),
        Case(
            "0 */2 * * *",
            "Europe/Berlin",
            "2024-03-31T00:00:00+01:00",
            [
                "2024-03-31T04:00:00+02:00", "2024-03-31T06:00:00+02:00",
            ]
        ),
        Case(
            "0 3 * * *",
            "Europe/Berlin",
            "2024-03-30T12:00:00+01:00",
            [
                "2024-03-31T03:00:00+02:00", "2024-04-01T03:00:00+02:00",
            ]
        ),
        // Midnight becomes 01:00 on 2024-04-26.
        Case(
            "0 0 * * *",
            "Africa/Cairo",
            "2024-04-25T12:00:00+02:00",
            [
                "2024-04-26T01:00:00+03:00", "2024-04-27T00:00:00+03:00",
            ]
        ),
        Case("0 0 26 4 *", "Africa/Cairo", "2024-04-25T12:00:00+02:00", ["2024-04-26T01:00:00+03:00"]),
        // 02:00 becomes 02:30 on 2024-10-06.
        Case(
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2024-10-05T12:00:00+10:30",
            [
                "2024-10-06T02:30:00+11:00", "2024-10-07T02:15:00+11:00",
            ]
        ),
        Case(
            "*/15 2 * * *",
            "Australia/Lord_Howe",
            "2024-10-06T00:00:00+10:30",
            [
                "2024-10-06T02:30:00+11:00", "2024-10-06T02:45:00+11:00", "2024-10-07T02:00:00+11:00",
            ]
        ),
        // 01:00 becomes 03:00 on 2024-03-31.
        Case(
            "30 1,2 * * *",
            "Antarctica/Troll",
            "2024-03-30T12:00:00+00:00",
            [
                "2024-03-31T03:00:00+02:00", "2024-04-01T01:30:00+02:00",
            ]
        ),
        // 02:00 becomes 05:00 on 2009-10-18: a gap of three hours is not replayed.
        Case(
            "30 3 * * *",
            "Antarctica/Casey",
            "2009-10-17T00:00:00+08:00",
            [
                "2009-10-17T03:30:00+08:00", "2009-10-19T03:30:00+11:00",
            ]
        ),
        // 2011-12-30 does not exist.
        Case(
            "0 12 * * *",
            "Pacific/Apia",
            "2011-12-29T00:00:00-10:00",
            [
                "2011-12-29T12:00:00-10:00", "2011-12-31T12:00:00+14:00",
            ]
        ),
        Case("0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00-10:00", ["2012-12-30T12:00:00+14:00"]),
        Case("0 */12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00-10:00", ["2012-12-30T00:00:00+14:00"]),
    ]

    static let folds: [Case] = [
        // 03:00 becomes 02:00 on 2024-10-27.
        Case(
            "30 2 * * *",
            "Europe/Berlin",
            "2024-10-26T12:00:00+02:00",
            [
                "2024-10-27T02:30:00+02:00", "2024-10-28T02:30:00+01:00",
            ]
        ),
        Case("30 2 * * *", "Europe/Berlin", "2024-10-27T02:30:00+02:00", ["2024-10-28T02:30:00+01:00"]),
        Case("30 2 * * *", "Europe/Berlin", "2024-10-27T02:10:00+01:00", ["2024-10-28T02:30:00+01:00"]),
        Case(
            "0 1-3 * * *",
            "Europe/Berlin",
            "2024-10-27T00:30:00+02:00",
            [
                "2024-10-27T01:00:00+02:00", "2024-10-27T02:00:00+02:00", "2024-10-27T03:00:00+01:00",
            ]
        ),
        Case(
            "0 * * * *",
            "Europe/Berlin",
            "2024-10-27T01:30:00+02:00",
            [
                "2024-10-27T02:00:00+02:00", "2024-10-27T02:00:00+01:00", "2024-10-27T03:00:00+01:00",
            ]
        ),
        Case(
            "*/30 2 * * *",
            "Europe/Berlin",
            "2024-10-27T01:30:00+02:00",
            [
                "2024-10-27T02:00:00+02:00", "2024-10-27T02:30:00+02:00", "2024-10-27T02:00:00+01:00",
                "2024-10-27T02:30:00+01:00", "2024-10-28T02:00:00+01:00",
            ]
        ),
        // 00:01 becomes 23:01 of the day before on 2008-11-02.
        Case(
            "52 */4 * * *",
            "America/St_Johns",
            "2008-11-01T20:00:00-02:30",
            [
                "2008-11-01T20:52:00-02:30", "2008-11-02T00:52:00-03:30", "2008-11-02T04:52:00-03:30",
            ]
        ),
        Case(
            "0 * 1 11 *",
            "America/St_Johns",
            "2008-11-01T22:30:00-02:30",
            [
                "2008-11-01T23:00:00-02:30", "2009-11-01T00:00:00-02:30",
            ]
        ),
        Case(
            "*/30 23 * * *",
            "America/St_Johns",
            "2008-11-01T22:30:00-02:30",
            [
                "2008-11-01T23:00:00-02:30", "2008-11-01T23:30:00-02:30", "2008-11-01T23:30:00-03:30",
                "2008-11-02T23:00:00-03:30",
            ]
        ),
        Case(
            "30 23 * * *",
            "America/St_Johns",
            "2008-11-01T22:30:00-02:30",
            [
                "2008-11-01T23:30:00-02:30", "2008-11-02T23:30:00-03:30",
            ]
        ),
        // 02:00 becomes 01:30 on 2024-04-07.
        Case(
            "45 1 * * *",
            "Australia/Lord_Howe",
            "2024-04-07T00:00:00+11:00",
            [
                "2024-04-07T01:45:00+11:00", "2024-04-08T01:45:00+10:30",
            ]
        ),
        Case(
            "*/15 2 * * *",
            "Australia/Lord_Howe",
            "2024-04-07T00:00:00+11:00",
            [
                "2024-04-07T02:00:00+10:30", "2024-04-07T02:15:00+10:30",
            ]
        ),
        // 03:00 becomes 01:00 on 2024-10-27.
        Case(
            "30 2 * * *",
            "Antarctica/Troll",
            "2024-10-27T00:00:00+02:00",
            [
                "2024-10-27T02:30:00+02:00", "2024-10-28T02:30:00+00:00",
            ]
        ),
    ]

    @Test("skipped local times", arguments: gaps)
    func gap(example: Case) throws {
        try check(example)
    }

    @Test("repeated local times", arguments: folds)
    func fold(example: Case) throws {
        try check(example)
    }

    private func check(_ example: Case) throws {
        let zone = try Zone(identifier: example.zone)
        let start = try Timestamp(parsing: example.start)
        let occurrences = try CronExpression(example.text).occurrences(after: start, in: zone)
        #expect(occurrences.prefix(example.fires.count).map { $0.rfc3339(in: zone) } == example.fires)
    }

    @Test("a minutely job fires every minute of real time, also around jumps")
    func heartbeat() throws {
        let minutely = try CronExpression("* * * * *")
        for (name, start) in [
            ("Europe/Berlin", "2024-03-31T00:30:00Z"), ("Europe/Berlin", "2024-10-27T00:30:00Z"),
            ("America/St_Johns", "2008-11-02T01:30:00Z"), ("Australia/Lord_Howe", "2024-04-06T14:00:00Z"),
            ("Pacific/Apia", "2011-12-30T09:00:00Z"), ("Antarctica/Troll", "2024-10-27T00:00:00Z"),
        ] {
            let zone = try Zone(identifier: name)
            let first = try Timestamp(parsing: start)
            let fires = minutely.occurrences(after: first, in: zone).prefix(300)
            #expect(Array(fires) == (1...300).map { first + .seconds($0 * 60) }, "\(name)")
        }
    }
}
