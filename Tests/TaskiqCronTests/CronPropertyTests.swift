// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TestSupport
import Testing

@Suite("Cron properties")
struct CronPropertyTests {
    /// Zones whose clocks jump by the usual hour, by 30 minutes, 2, 3 and 24 hours, at midnight and twice around Ramadan.
    static let zones = [
        "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Antarctica/Troll",
        "Antarctica/Casey", "Pacific/Apia", "Africa/Cairo", "America/Havana", "Africa/Casablanca", "America/Sao_Paulo",
        "Asia/Tehran", "Asia/Pyongyang", "America/Caracas", "Pacific/Chatham",
    ]

    @Test("next agrees with a walk through every minute around each jump of the clock", arguments: zones)
    func oracle(name: String) throws {
        var generator = SeededGenerator(seed: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }))
        let zone = try Zone(identifier: name)
        var jumps: [Zone.Transition] = []
        var instant = try Timestamp(parsing: "1985-01-01T00:00:00Z")
        let end = try Timestamp(parsing: "2060-01-01T00:00:00Z")
        while let jump = zone.transition(after: instant), jump.timestamp < end {
            jumps.append(jump)
            instant = jump.timestamp
        }
        for _ in 0..<16 {
            let jump = try #require(jumps.randomElement(using: &generator))
            let middle = Int(jump.timestamp.secondsSinceEpoch)
            let window = (middle - 129_600)..<(middle + 216_000)
            let random = RandomExpression(using: &generator)
            let expected = random.fires(in: window) { second in
                zone.offsetSeconds(at: Timestamp(secondsSinceEpoch: Int64(second)))
            }
            guard let expression = try? CronExpression(random.description) else {
                Issue.record("\(random) is refused")
                continue
            }
            let start = Timestamp(secondsSinceEpoch: Int64(window.lowerBound - 1))
            let stop = Timestamp(secondsSinceEpoch: Int64(window.upperBound))
            let message = "\(random) in \(name) around \(jump.timestamp)"
            let occurrences = Array(expression.occurrences(after: start, in: zone).prefix { $0 < stop })
            #expect(occurrences.map { Int($0.secondsSinceEpoch) } == expected, "\(message)")

            // From any instant next is the first of the fires after it.
            for _ in 0..<20 {
                let from = Int.random(in: window, using: &generator)
                guard let first = expected.first(where: { $0 > from }) else { continue }
                let next = expression.next(after: Timestamp(secondsSinceEpoch: Int64(from)), in: zone)
                #expect(next == Timestamp(secondsSinceEpoch: Int64(first)), "\(message), from \(from)")
            }
        }
    }

    @Test("rare expressions in zones with many jumps agree with a walk through the days", arguments: zones)
    func rare(name: String) throws {
        let zone = try Zone(identifier: name)
        for text in ["* 12 29 2 *", "0 12 29 2 *", "* 12 29 2 */3", "30 12 31 * */5"] {
            let expression = try CronExpression(text)
            var expected: [Timestamp] = []
            for year in 1990...2030 {
                for month in 1...12 {
                    for day in 1...31 {
                        guard let noon = CivilDateTime(year: year, month: month, day: day, hour: 12) else { continue }
                        let minute = text.hasPrefix("30") ? 1_800 : 0
                        let isDay =
                            switch text {
                            case "30 12 31 * */5": day == 31 && [0, 5].contains(noon.weekday)
                            case "* 12 29 2 */3": month == 2 && day == 29 && [0, 3, 6].contains(noon.weekday)
                            default: month == 2 && day == 29
                            }
                        if isDay, let instant = zone.instants(of: noon).first {
                            expected.append(instant + .seconds(minute))
                        }
                    }
                }
            }
            var instant = try Timestamp(parsing: "1990-01-01T12:00:00Z")
            for expectedInstant in expected {
                let next = try #require(expression.next(after: instant, in: zone))
                #expect(next == expectedInstant, "\(text) in \(name)")
                instant = next + .seconds(3_600)
            }
        }
    }
}
