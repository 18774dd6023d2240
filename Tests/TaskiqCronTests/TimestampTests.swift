// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqCron
import TestSupport
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "text of instants",
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (1_795_370_148_000, "2026-11-22T17:55:48Z"),
            (1_795_370_148_250, "2026-11-22T17:55:48.250Z"),
            (7, "1970-01-01T00:00:00.007Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
        ] as [(Int64, String)]
    )
    func text(milliseconds: Int64, text: String) throws {
        let timestamp = Timestamp(millisecondsSinceEpoch: milliseconds)
        #expect(timestamp.description == text)
        #expect(try Timestamp(parsing: text) == timestamp)
        #expect(Timestamp(text) == timestamp)
        let coded = try JSONEncoder().encode([timestamp])
        #expect(String(decoding: coded, as: UTF8.self) == "[\"\(text)\"]")
        #expect(try JSONDecoder().decode([Timestamp].self, from: coded) == [timestamp])
    }

    @Test(
        "other spellings that are read",
        arguments: [
            ("2026-11-22t17:55:48z", "2026-11-22T17:55:48Z"),
            ("2026-11-22 17:55:48Z", "2026-11-22T17:55:48Z"),
            ("2026-11-22T17:55Z", "2026-11-22T17:55:00Z"),
            ("2026-11-22T18:55:48+01:00", "2026-11-22T17:55:48Z"),
            ("2026-11-22T18:55:48+0100", "2026-11-22T17:55:48Z"),
            ("2026-11-22T00:00:00-03:30", "2026-11-22T03:30:00Z"),
            ("2026-11-22T17:55:48-00:00", "2026-11-22T17:55:48Z"),
            ("2026-11-22T17:55:48.2Z", "2026-11-22T17:55:48.200Z"),
            ("2026-11-22T17:55:48.0009999999999Z", "2026-11-22T17:55:48Z"),
            ("2026-11-22T17:55:48.123456789+00:00", "2026-11-22T17:55:48.123Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("2017-01-01T00:59:60.5+01:00", "2017-01-01T00:00:00.500Z"),
            ("0001-01-01T01:00:00+01:00", "0001-01-01T00:00:00Z"),
        ]
    )
    func spelling(text: String, expected: String) throws {
        #expect(try Timestamp(parsing: text).description == expected)
    }

    @Test(
        "text that is not read",
        arguments: [
            ("", .syntax, 1), ("2026", .syntax, 5), ("2026-11-22", .syntax, 11), ("2026-11-22T17:55:48", .syntax, 20),
            ("26-11-22T17:55:48Z", .syntax, 1), ("2026-1-22T17:55:48Z", .syntax, 6), ("2026-11-22T17Z", .syntax, 14),
            ("2026-11-22T17:55:48.Z", .syntax, 21), ("2026-11-22T17:55:48+1", .syntax, 21),
            ("2026-11-22T17:55:48Z ", .syntax, 21), (" 2026-11-22T17:55:48Z", .syntax, 1),
            ("２026-11-22T17:55:48Z", .syntax, 1), ("+2026-11-22T17:55:48Z", .syntax, 1),
            ("2026-02-29T00:00:00Z", .noSuchDate, 1), ("2026-13-01T00:00:00Z", .noSuchDate, 1),
            ("2026-00-01T00:00:00Z", .noSuchDate, 1), ("2026-01-00T00:00:00Z", .noSuchDate, 1),
            ("0000-01-01T00:00:00Z", .noSuchDate, 1), ("0001-01-01T00:00:00+01:00", .noSuchDate, 1),
            ("9999-12-31T23:59:59-00:01", .noSuchDate, 1), ("2026-01-01T24:00:00Z", .noSuchTime, 12),
            ("2026-01-01T23:60:00Z", .noSuchTime, 12), ("2026-01-01T23:59:61Z", .noSuchTime, 12),
            ("2026-01-01T22:59:60Z", .noSuchTime, 12), ("2026-01-01T22:59:00+24:00", .noSuchTime, 20),
            ("2026-01-01T00:00:00." + String(repeating: "1", count: 200) + "Z", .syntax, 129),
        ] as [(String, TimestampError.Code, Int)]
    )
    func refusal(text: String, code: TimestampError.Code, column: Int) throws {
        let error = try #require(throws: TimestampError.self) { try Timestamp(parsing: text) }
        #expect(error.code == code)
        #expect(error.column == column)
        #expect(Timestamp(text) == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Timestamp].self, from: JSONEncoder().encode([text]))
        }
    }

    @Test("values out of range and arithmetic saturate")
    func saturation() {
        #expect(Timestamp(millisecondsSinceEpoch: .max) == .latest)
        #expect(Timestamp(millisecondsSinceEpoch: .min) == .earliest)
        #expect(Timestamp(secondsSinceEpoch: .max) == .latest)
        #expect(Timestamp(secondsSinceEpoch: .min) == .earliest)
        let forever = Duration.seconds(Int64.max)
        #expect(Timestamp.latest.adding(forever) == .latest)
        #expect(Timestamp.earliest.adding(forever) == .latest)
        #expect(Timestamp.earliest.adding(.seconds(Int64.min)) == .earliest)
        #expect(Timestamp.latest - forever == .earliest)
        #expect(Timestamp.latest - .seconds(Int64.min) == .latest)
        #expect(Timestamp.latest.adding(Timestamp.latest.duration(to: .earliest)) == .earliest)
    }

    @Test("durations between instants, in milliseconds")
    func arithmetic() throws {
        let start = try Timestamp(parsing: "2026-11-22T17:55:48.250Z")
        #expect(start.adding(.milliseconds(750)).description == "2026-11-22T17:55:49Z")
        #expect((start - .milliseconds(251)).description == "2026-11-22T17:55:47.999Z")
        #expect(start + .microseconds(999) == start)
        #expect(start + .microseconds(-999) == start)
        #expect(start.duration(to: start + .seconds(90)) == .seconds(90))
        #expect(start - (start + .seconds(90)) == .seconds(-90))
        #expect(start < start + .milliseconds(1))
        #expect(Timestamp(millisecondsSinceEpoch: -1).secondsSinceEpoch == -1)
    }

    @Test("random instants survive a round trip in every zone", arguments: 1...20 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let names = ["UTC", "Asia/Kathmandu", "America/St_Johns", "Africa/Monrovia", "-23:59", "Pacific/Kiritimati"]
        let zones = try names.map { try Zone(identifier: $0) }
        let range = Timestamp.earliest.millisecondsSinceEpoch...Timestamp.latest.millisecondsSinceEpoch
        for _ in 0..<500 {
            let timestamp = Timestamp(millisecondsSinceEpoch: .random(in: range, using: &generator))
            #expect(Timestamp(timestamp.description) == timestamp)
            for zone in zones { #expect(Timestamp(timestamp.rfc3339(in: zone)) == timestamp) }
        }
        for zone in zones {
            #expect(Timestamp(Timestamp.earliest.rfc3339(in: zone)) == .earliest)
            #expect(Timestamp(Timestamp.latest.rfc3339(in: zone)) == .latest)
        }
    }

    @Test("text in a zone has its local time and offset")
    func local() throws {
        let timestamp = try Timestamp(parsing: "2026-07-22T17:55:48.250Z")
        #expect(try timestamp.rfc3339(in: Zone(identifier: "Europe/Berlin")) == "2026-07-22T19:55:48.250+02:00")
        #expect(try timestamp.rfc3339(in: Zone(identifier: "America/St_Johns")) == "2026-07-22T15:25:48.250-02:30")
        #expect(timestamp.rfc3339(in: .utc) == "2026-07-22T17:55:48.250+00:00")
    }
}
