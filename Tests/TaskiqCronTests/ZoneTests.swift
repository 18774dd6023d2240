// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import TaskiqCron

@Suite("Zone")
struct ZoneTests {
    @Test(
        "fixed offsets and names of UTC need no file",
        arguments: [
            ("UTC", "UTC", 0), ("utc", "UTC", 0), ("Z", "UTC", 0), ("Etc/UTC", "UTC", 0), ("GMT", "GMT", 0),
            ("+03:00", "+03:00", 10_800), ("-0330", "-03:30", -12_600), ("+03", "+03:00", 10_800),
            ("-00:30", "-00:30", -1_800), ("+23:59", "+23:59", 86_340), ("+0000", "+00:00", 0),
        ]
    )
    func fixed(text: String, identifier: String, offset: Int) throws {
        let zone = try Zone(identifier: text, directories: [])
        #expect(zone.identifier == identifier)
        #expect(zone.offsetSeconds(at: .epoch) == offset)
        #expect(zone.transition(after: .earliest) == nil)
        #expect(zone.transition(atOrBefore: .latest) == nil)
    }

    @Test(
        "identifiers that are no file names",
        arguments: [
            "", "../etc/passwd", "/etc/passwd", "Europe/../UTC", "Europe//Berlin", "Europe/", "./UTC", "a b", "Zürich",
            "a\0b", "+24:00", "+3", "-03:60", "+03:00:00", String(repeating: "a", count: 256),
        ]
    )
    func invalid(text: String) throws {
        let error = try #require(throws: ZoneError.self) { try Zone(identifier: text) }
        #expect(error.code == .invalidIdentifier)
        #expect(error.description.hasPrefix("time zone \""))
    }

    @Test(
        "a wrong name is answered with a right one",
        arguments: [
            ("Europe/Berln", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("Berlin", "Europe/Berlin"),
            ("US/NewYork", nil), ("America/New York", nil), ("America/NewYork", "America/New_York"),
            ("Europe/Sao_Paulo", "America/Sao_Paulo"),
        ] as [(String, String?)]
    )
    func suggestion(text: String, expected: String?) throws {
        let error = try #require(throws: ZoneError.self) { try Zone(identifier: text) }
        #expect(error.suggestion == expected)
        if error.code == .notFound { #expect(error.directories == Zone.standardDirectories) }
    }

    @Test("a zone is read once and shared")
    func cache() throws {
        let first = try Zone(identifier: "Europe/Berlin")
        let second = try Zone(identifier: "Europe/Berlin")
        #expect(first == second)
        #expect(first.rules === second.rules)
        #expect(try first != Zone(identifier: "Europe/Paris"))
    }

    @Test(
        "offsets of history, of the present and of the rule's future",
        arguments: [
            ("Europe/Berlin", "1880-01-01T00:00:00Z", 3_208), ("Europe/Berlin", "1945-07-01T00:00:00Z", 10_800),
            ("Europe/Berlin", "2026-07-01T00:00:00Z", 7_200), ("Europe/Berlin", "2026-03-29T00:59:59Z", 3_600),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", 7_200), ("Europe/Berlin", "2150-07-01T00:00:00Z", 7_200),
            ("Europe/Berlin", "2426-03-29T00:59:59Z", 3_600), ("Europe/Berlin", "2426-03-29T01:00:00Z", 7_200),
            ("Europe/Berlin", "9999-12-31T00:00:00Z", 3_600), ("Australia/Lord_Howe", "3026-01-01T00:00:00Z", 39_600),
            ("Australia/Lord_Howe", "3026-07-01T00:00:00Z", 37_800), ("Asia/Kathmandu", "9999-01-01T00:00:00Z", 20_700),
            ("Africa/Cairo", "0001-01-01T00:00:00Z", 7_509), ("Pacific/Apia", "2011-12-30T09:59:59Z", -36_000),
            ("Pacific/Apia", "2011-12-30T10:00:00Z", 50_400),
        ]
    )
    func offset(name: String, instant: String, expected: Int) throws {
        #expect(try Zone(identifier: name).offsetSeconds(at: Timestamp(parsing: instant)) == expected)
    }

    @Test("the rule agrees with itself when the calendar repeats after 400 years")
    func repetition() throws {
        for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo"] {
            let zone = try Zone(identifier: name)
            let seconds400Years: Int64 = 146_097 * 86_400
            var timestamp = try Timestamp(parsing: "2101-01-01T00:00:00Z")
            for _ in 0..<400 {
                let transition = try #require(zone.transition(after: timestamp))
                let later = Timestamp(secondsSinceEpoch: timestamp.secondsSinceEpoch + seconds400Years)
                let counterpart = try #require(zone.transition(after: later))
                let distance = transition.timestamp.duration(to: counterpart.timestamp)
                #expect(distance == .seconds(seconds400Years), "\(name) \(transition.timestamp)")
                #expect(transition.jump == counterpart.jump)
                timestamp = transition.timestamp
            }
        }
    }

    @Test("transitions around an instant")
    func transitions() throws {
        let zone = try Zone(identifier: "America/New_York")
        let summer = try Timestamp(parsing: "2026-07-01T00:00:00Z")
        let before = try #require(zone.transition(atOrBefore: summer))
        let after = try #require(zone.transition(after: summer))
        #expect(before.timestamp.description == "2026-03-08T07:00:00Z")
        #expect((before.offsetBefore, before.offsetAfter) == (-18_000, -14_400))
        #expect(after.timestamp.description == "2026-11-01T06:00:00Z")
        #expect(after.jump == .seconds(-3_600))
        #expect(zone.transition(atOrBefore: after.timestamp) == after)
        #expect(zone.transition(after: before.timestamp) == after)
    }

    @Test("a local time has no, one or two instants")
    func local() throws {
        let berlin = try Zone(identifier: "Europe/Berlin")
        let gap = try #require(CivilDateTime(year: 2024, month: 3, day: 31, hour: 2, minute: 30))
        guard case .skipped(let transition) = berlin.instants(of: gap) else {
            Issue.record("02:30 is skipped")
            return
        }
        #expect(transition.timestamp.description == "2024-03-31T01:00:00Z")
        #expect(transition.jump == .seconds(3_600))

        let fold = try #require(CivilDateTime(year: 2024, month: 10, day: 27, hour: 2, minute: 30))
        let first = try Timestamp(parsing: "2024-10-27T00:30:00Z")
        #expect(berlin.instants(of: fold) == .repeated(first: first, second: first + .seconds(3_600)))

        let noon = try #require(CivilDateTime(year: 2024, month: 10, day: 27, hour: 12))
        let instant = try Timestamp(parsing: "2024-10-27T11:00:00Z")
        #expect(berlin.instants(of: noon) == .unique(instant))
        #expect(berlin.civil(at: instant) == noon)

        let apia = try Zone(identifier: "Pacific/Apia")
        let missing = try #require(CivilDateTime(year: 2011, month: 12, day: 30, hour: 12))
        #expect(apia.instants(of: missing).first == nil)
        #expect(CivilDateTime(year: 2023, month: 2, day: 29) == nil)
    }

    @Test("a value of TZ may be an identifier, a path or a rule")
    func environment() throws {
        #expect(Zone.zone(ofEnvironment: "") == .utc)
        #expect(Zone.zone(ofEnvironment: ":Europe/Berlin")?.identifier == "Europe/Berlin")
        #expect(Zone.zone(ofEnvironment: "/some/where/zoneinfo/Europe/Berlin")?.identifier == "Europe/Berlin")
        #expect(Zone.zone(ofEnvironment: "nonsense") == nil)
        let rule = try #require(Zone.zone(ofEnvironment: "CET-1CEST,M3.5.0,M10.5.0/3"))
        let berlin = try Zone(identifier: "Europe/Berlin")
        var instant = try Timestamp(parsing: "2000-01-01T00:00:00Z")
        for _ in 0..<500 {
            #expect(rule.transition(after: instant) == berlin.transition(after: instant))
            instant = instant + .seconds(200 * 86_400)
        }
        #expect(Zone.system.identifier.isEmpty == false)
    }
}
