// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqScheduling

@Suite("Fingerprint of a timing")
struct FingerprintTests {
    @Test("is the same in every process and every release")
    func stable() throws {
        #expect(try Schedule.cron("0 4 * * MON").canonicalText == "cron|UTC|0 4 * * MON")
        #expect(Schedule.every(.milliseconds(1500)).canonicalText == "interval|1500|0")
        #expect(Schedule.at(Timestamp(millisecondsSinceEpoch: 17)).canonicalText == "once|17")
        #expect(Schedule.every(.seconds(60)).fingerprint == "659b99024e60d1783554f99feb1c0180")
    }

    @Test("does not depend on spelling")
    func spelling() throws {
        #expect(try Schedule.cron("0  4 * *\tmon").fingerprint == Schedule.cron("0 4 * * MON").fingerprint)
        let (first, second) = (try CronExpression("0 4 * * *"), try CronExpression("30 5 * * *"))
        let forth = try Schedule(.cron([first, second], .utc))
        let back = try Schedule(.cron([second, first, second], .utc))
        #expect(forth.fingerprint == back.fingerprint)
    }

    @Test("differs for each timing")
    func different() throws {
        let east = try #require(Zone(offsetSeconds: 3600))
        let fingerprints = [
            try Schedule.cron("0 4 * * *"), try .cron("0 4 * * *", zone: east), try .cron("0 5 * * *"),
            .every(.seconds(60)), .every(.milliseconds(60_001)),
            try Schedule(.interval(.seconds(60), anchor: Timestamp(millisecondsSinceEpoch: 1))),
            .at(try at("12:00:00")), .at(try at("12:00:00.001")),
        ].map(\.fingerprint)
        #expect(Set(fingerprints).count == fingerprints.count)
    }
}
