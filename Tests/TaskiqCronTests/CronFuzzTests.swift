// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqCron
import TestSupport
import Testing

/// Text at random; how much of it, `TASKIQ_FUZZ_INPUTS` says.
@Suite("Cron fuzzing")
struct CronFuzzTests {
    static let inputCount = ProcessInfo.processInfo.environment["TASKIQ_FUZZ_INPUTS"].flatMap(Int.init) ?? 40_000
    static let partCount = 20

    /// Pieces of anything.
    static let pieces = [
        "*", "0", "1", "5", "7", "23", "29", "30", "31", "59", "60", "-", "-", "/", "/", ",", ",", " ", " ", " ", " ",
        "\t", "?", "L", "W", "#", "H", "+", "(", ")", "@", "@daily", "@every", "1h", "ms", ".", "TZ=", "CRON_TZ=",
        "UTC",
        "MON", "feb", "SUNDAY", "é", "\0", "\n", "99999999999999999999", "🕰", "2026", "1969", "2200", "\u{FEFF}", "=",
    ]

    /// Fields that are mostly good, by their place.
    static let times = [
        "*", "*/5", "1", "7", "1-5", "5-1", "2/3", "3,1", "*,4", "6-2/2", "0", "H", "H/7", "H(3-9)/2", "22",
    ]
    static let days = [
        "*", "?", "1", "30", "31", "29-31", "*/31", "L", "L-3", "15W", "LW", "L-5W,2", "1W,LW,L-30", "13", "H", "L-29",
    ]
    static let months = ["*", "2", "FEB", "1-12/5", "NOV-FEB", "4,6", "H"]
    static let weekdays = ["*", "?", "5L", "MON#2", "fri#l", "+1", "+MON#5", "FRI-MON", "1/2", "7", "*/3", "0-7", "H"]
    static let years = ["*", "2030", "2024-2099/7", "1970", "2199", "2096-2104", "1971/2"]

    private static func text(_ generator: inout SeededGenerator) -> String {
        if generator.chance(40) {
            let count = Int.random(in: 0...40, using: &generator)
            return (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "*" }.joined()
        }
        let places =
            [times, times, times, days, months, weekdays, years]
            .dropFirst(Int.random(in: 0...1, using: &generator))
            .dropLast(Int.random(in: 0...1, using: &generator))
        var text = places.map { $0.randomElement(using: &generator) ?? "*" }.joined(separator: " ")
        if generator.chance(20), let index = text.indices.randomElement(using: &generator) {
            text.replaceSubrange(index...index, with: pieces.randomElement(using: &generator) ?? "")
        }
        return text
    }

    private static func timestamp(_ generator: inout SeededGenerator) -> Timestamp {
        Timestamp(
            millisecondsSinceEpoch: generator.chance(30)
                ? .random(in: .min ... .max, using: &generator)
                : .random(in: -70_000_000_000_000...8_000_000_000_000, using: &generator)
        )
    }

    @Test("random text is an expression or an error and never a trap", arguments: 0..<partCount)
    func parse(part: Int) throws {
        var generator = SeededGenerator(seed: UInt64(part) + 100)
        let zones = try CronPropertyTests.zones.map { try Zone(identifier: $0) }
        var accepted = 0
        for number in 0..<Self.inputCount / Self.partCount {
            let text = Self.text(&generator)
            let dialect = generator.chance(60) ? .standard : CronDialect.all.randomElement(using: &generator) ?? .vixie
            do throws(CronError) {
                let seed = generator.chance(20) ? "\(number)" : nil
                let expression = try CronExpression(text, dialect: dialect, seed: seed)
                accepted += 1
                check(expression, zones.randomElement(using: &generator) ?? .utc, &generator)
            } catch {
                // Descriptions of all the errors would take most of the time.
                guard number % 16 == 0 else { continue }
                #expect(!error.description.isEmpty)
                if let column = error.column { #expect((1...text.count + 1).contains(column), "\(text)") }
            }
        }
        #expect(accepted * 20 > Self.inputCount / Self.partCount)
    }

    private func check(_ expression: CronExpression, _ zone: Zone, _ generator: inout SeededGenerator) {
        let policy =
            generator.chance(50)
            ? TransitionPolicy.automatic
            : TransitionPolicy(
                gap: [.skip, .runAfter, .automatic].randomElement(using: &generator) ?? .skip,
                repeated: [.once, .twice, .automatic].randomElement(using: &generator) ?? .once
            )
        for _ in 0..<2 {
            let start = Self.timestamp(&generator)
            if let next = expression.next(after: start, in: zone, policy: policy) {
                #expect(next > start)
                if expression.interval == nil {
                    let isMatch = expression.matches(next, in: zone, policy: policy)
                    let count = expression.count(after: start, until: next + .seconds(1), in: zone, policy: policy)
                    let previous = expression.previous(before: next + .seconds(1), in: zone, policy: policy)
                    #expect(isMatch && count == 1 && previous == next, "\(expression) in \(zone) after \(start)")
                }
            }
            if let previous = expression.previous(before: start, in: zone, policy: policy) {
                #expect(previous < start)
                let next = expression.next(after: previous - .milliseconds(1), in: zone, policy: policy)
                if expression.interval == nil {
                    #expect(next == previous, "\(expression) in \(zone) before \(start)")
                }
            }
        }
        if generator.chance(3) {
            #expect(!expression.explanation.isEmpty)
            _ = expression.warnings(in: zone, after: .epoch, policy: policy)
            _ = expression.count(after: .earliest, until: .latest, in: zone, policy: policy)
        }
    }

    @Test("what nobody holds any more does not stay in memory")
    func bounded() throws {
        // The sizes are hundreds of megabytes if every text that was parsed stayed.
        for number in 0..<200_000 {
            _ = try CronExpression(
                "\(number % 60) \(number / 60 % 24) * * *" + String(repeating: " ", count: number % 97)
            )
        }
        let kept = try CronExpression("17 4 * * *")
        #expect(try CronExpression("17 4 * * *") == kept)
    }
}
