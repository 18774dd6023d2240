// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import TaskiqCron

@Suite("Zone files")
struct ZoneFileTests {
    /// A zone file with transitions of 64 bits and a footer.
    static func file(
        transitions: [(time: Int64, type: UInt8)] = [],
        offsets: [Int32] = [0],
        footer: String = "UTC0",
        leapCount: Int32 = 0
    ) -> [UInt8] {
        func header(_ counts: [Int32]) -> [UInt8] {
            Array("TZif2".utf8) + Array(repeating: 0, count: 15) + counts.flatMap(bigEndian)
        }
        func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
            withUnsafeBytes(of: number.bigEndian) { Array($0) }
        }
        var bytes = header([0, 0, 0, 0, 1, 1]) + [0, 0, 0, 0, 0, 0, 0]
        bytes += header([0, 0, leapCount, Int32(transitions.count), Int32(offsets.count), 1])
        bytes += transitions.flatMap { bigEndian($0.time) } + transitions.map(\.type)
        bytes += offsets.flatMap { bigEndian($0) + [0, 0] } + [0]
        bytes += Array(repeating: 0, count: Int(leapCount) * 12)
        return bytes + Array("\n\(footer)\n".utf8)
    }

    @Test("a file's transitions hold until its rule takes over")
    func transitions() throws {
        let rules = try ZoneFile.decode(
            Self.file(transitions: [(0, 1), (86_400, 0)], offsets: [0, 3_600], footer: "AAA0BBB,M3.5.0,M10.5.0")
        )
        #expect(rules.span(at: -1).offset == 0)
        #expect(rules.span(at: 0).offset == 3_600)
        #expect(rules.span(at: 86_400).offset == 0)
        #expect(rules.span(at: 15_000_000).offset == 3_600)
        #expect(rules.span(at: 86_400).start == 86_400)
    }

    @Test(
        "rules that are read",
        arguments: [
            ("UTC0", 0, 0), ("<+0330>-3:30", 12_600, 12_600), ("EST5EDT", -18_000, -14_400),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", 3_600, 0), ("XXX3EDT4,0/0,J365/23", -14_400, -14_400),
            ("AAA-3BBB,J60/0,300/-24:30:15", 10_800, 14_400), ("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", -10_800, -7_200),
        ]
    )
    func rule(text: String, standard: Int, daylight: Int) throws {
        let rule = try #require(PosixRuleParser.parse(text.utf8))
        #expect(rule.standardOffset == standard)
        #expect((rule.alternation?.daylightOffset ?? rule.standardOffset) == daylight)
    }

    @Test(
        "rules that are not",
        arguments: [
            "", "UT0", "UTC", "UTC25", "UTC0,", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,M13.1.0", "EST5EDT,M3.6.0,M11.1.0",
            "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J5", "EST5EDT,366,5", "EST5EDT,M3.2.0/168,M11.1.0", "<+03-3",
            "EST5EDT,M3.2.0,M11.1.0x", "EST5EDT,M3.2.0,M11.1.0/", "EST5:60",
        ]
    )
    func malformedRule(text: String) {
        #expect(PosixRuleParser.parse(text.utf8) == nil)
    }

    @Test("damaged files are refused")
    func damaged() {
        let files: [[UInt8]] = [
            [], Array("TZif".utf8), Array(repeating: 0, count: 200), Self.file(offsets: []), Self.file(footer: "what?"),
            Self.file(offsets: [100_000]), Self.file(transitions: [(5, 0), (5, 0)]), Self.file(transitions: [(0, 1)]),
            Self.file(transitions: [(.max, 0)]), Self.file(transitions: [(.min, 0)]), Self.file(leapCount: 1),
            Array(Self.file().dropLast(1)), Array(Self.file().dropLast(6)), Array(Self.file().prefix(80)),
        ]
        for bytes in files {
            #expect(throws: ZoneFile.Malformed.self, "\(bytes.count) bytes") { try ZoneFile.decode(bytes) }
        }
        #expect(throws: Never.self) { try ZoneFile.decode(Self.file()) }
    }

    @Test("a file that is none is an error with its place")
    func notAZone() throws {
        let error = try #require(throws: ZoneError.self) { try Zone(identifier: "tzdata.zi") }
        #expect(error.code == .malformed)
        #expect(try #require(throws: ZoneError.self) { try Zone(identifier: "Europe") }.code == .notFound)
        let nowhere = try #require(throws: ZoneError.self) {
            try Zone(identifier: "Europe/Berlin", directories: ["/nowhere"])
        }
        #expect(nowhere.code == .notFound)
        #expect(nowhere.directories == ["/nowhere"])
        #expect(nowhere.description.contains("/nowhere"))
    }

    @Test("random damage gives rules or an error and never a trap", arguments: 1...8 as ClosedRange<UInt64>)
    func fuzz(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let names = ["Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kolkata"]
        let daily = try CronExpression("30 2 * * *")
        let minutely = try CronExpression("*/7 * 29 2 *")
        for name in names {
            guard case .contents(let original) = ZoneDirectories.standard.contents(ofZone: name) else {
                Issue.record("no file of \(name)")
                continue
            }
            for _ in 0..<150 {
                var bytes = original
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    // Headers and the footer are where damage tells most.
                    let isNearEdge = Bool.random(using: &generator)
                    let index =
                        isNearEdge
                        ? Int.random(in: 0..<60, using: &generator) : .random(in: 0..<bytes.count, using: &generator)
                    let isAtEnd = Bool.random(using: &generator)
                    bytes[isNearEdge && isAtEnd ? bytes.count - 1 - index : index] = .random(
                        in: 0...255,
                        using: &generator
                    )
                }
                if Int.random(in: 0..<10, using: &generator) == 0 {
                    bytes.removeLast(.random(in: 1...bytes.count, using: &generator))
                }
                guard let rules = try? ZoneFile.decode(bytes) else { continue }
                let zone = Zone(identifier: name, rules: rules)
                var last = Timestamp(secondsSinceEpoch: .random(in: -5_000_000_000...7_000_000_000, using: &generator))
                for expression in [daily, minutely] {
                    for _ in 0..<5 {
                        guard let next = expression.next(after: last, in: zone) else { break }
                        #expect(next > last)
                        last = next
                    }
                }
                _ = zone.transition(after: last)
                if let civil = zone.civil(at: last) { _ = zone.instants(of: civil) }
                _ = daily.next(after: .earliest, in: zone)
                _ = daily.next(after: .latest, in: zone)
            }
        }
    }
}
