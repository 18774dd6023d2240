// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import TaskiqCron

/// Every well-formed value of a field alone, against a plain statement of what it means.
@Suite("Every value of every field")
struct CronExhaustiveTests {
    /// The elements of a field without names, with the values that they mean.
    static func elements(_ range: ClosedRange<Int>) -> [(text: String, values: Set<Int>)] {
        var elements: [(String, Set<Int>)] = []
        let all = Array(range)
        for step in 1...all.count + 1 {
            elements.append(("*/\(step)", Set(stride(from: range.lowerBound, through: range.upperBound, by: step))))
        }
        for first in range {
            elements.append(("\(first)", [first]))
            for step in 1...all.count + 1 {
                elements.append(("\(first)/\(step)", Set(stride(from: first, through: range.upperBound, by: step))))
            }
            for last in range {
                // A range that ends before it starts goes round once.
                let length = (last - first + all.count) % all.count + 1
                let run = (0..<length).map { range.lowerBound + (first - range.lowerBound + $0) % all.count }
                elements.append(("\(first)-\(last)", Set(run)))
                for step in [2, 3, 7, 20, all.count] {
                    elements.append(
                        (
                            "\(first)-\(last)/\(step)",
                            Set(run.enumerated().filter { $0.offset % step == 0 }.map(\.element))
                        )
                    )
                }
            }
        }
        return elements
    }

    private func bits(_ values: Set<Int>) -> UInt64 {
        values.reduce(0) { $0 | 1 << UInt64($1) }
    }

    @Test("seconds, minutes and hours")
    func times() throws {
        for (text, values) in Self.elements(0...59) {
            #expect(try CronExpression("\(text) * * * *").storage.header.fields.minutes == bits(values), "\(text)")
            let seconds = try CronExpression("\(text) 0 0 * * *").storage.withSearch { $0.seconds }
            #expect(seconds == bits(values), "\(text)")
        }
        for (text, values) in Self.elements(0...23) {
            #expect(
                try UInt64(CronExpression("0 \(text) * * *").storage.header.fields.hours) == bits(values),
                "\(text)"
            )
        }
    }

    @Test("days and months")
    func days() throws {
        for (text, values) in Self.elements(1...31) {
            let fields = try CronExpression("0 0 \(text) * *").storage.header.fields
            #expect(UInt64(fields.daysOfMonth) == bits(values), "\(text)")
        }
        for (text, values) in Self.elements(1...12) {
            let fields = try CronExpression("0 0 * \(text) *").storage.header.fields
            #expect(UInt64(fields.months) == bits(values), "\(text)")
        }
        // A step from a weekday goes on to 7, which the plain statement does not know; those have tests of their own.
        for (text, values) in Self.elements(0...6)
        where text.hasPrefix("*") || !text.contains("/") || text.contains("-") {
            let fields = try CronExpression("0 0 * * \(text)").storage.header.fields
            #expect(UInt64(fields.weekdays) == bits(values), "\(text)")
        }
    }

    @Test("seconds and minutes over an hour, hours over a day, one instant after the other")
    func walk() throws {
        let start = try Timestamp(parsing: "2026-01-31T23:59:59Z")
        for (text, values) in Self.elements(0...59) where !text.contains("/") || text.hasPrefix("*") {
            let end = start + .seconds(3_601)
            let fires = try CronExpression("\(text) * * * *").occurrences(after: start, until: end, in: .utc)
            #expect(Array(fires) == values.sorted().map { start + .seconds($0 * 60 + 1) }, "\(text)")
            let minute = start + .seconds(61)
            let seconds = try CronExpression("\(text) * * * * *").occurrences(after: start, until: minute, in: .utc)
            #expect(Array(seconds) == values.sorted().map { start + .seconds($0 + 1) }, "\(text)")
        }
        for (text, values) in Self.elements(0...23) {
            let end = start + .seconds(86_401)
            let fires = try CronExpression("0 \(text) * * *").occurrences(after: start, until: end, in: .utc)
            #expect(Array(fires) == values.sorted().map { start + .seconds($0 * 3_600 + 1) }, "\(text)")
        }
    }

    /// A day in the calendar, found by counting and not by the arithmetic under test.
    struct Day {
        var number: Int
        var year: Int
        var month: Int
        var day: Int
        var length: Int
        var weekday: Int
    }

    /// 28 years by days, 29 February 2000 to 2028 among them.
    static let calendar: [Day] = {
        var days: [Day] = []
        // 2000-01-01 was a Saturday and the 10957th day after 1970-01-01.
        var number = 10_957
        var weekday = 6
        for year in 2_000..<2_028 {
            for (index, length) in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                let length = index == 1 && year % 4 == 0 ? 29 : length
                for day in 1...length {
                    days.append(
                        Day(number: number, year: year, month: index + 1, day: day, length: length, weekday: weekday)
                    )
                    number += 1
                    weekday = (weekday + 1) % 7
                }
            }
        }
        return days
    }()

    /// The weekday nearest to a nominal day of the same month, as a person would look it up.
    static func isNearestWeekday(_ day: Day, to nominal: Int) -> Bool {
        guard (1...day.length).contains(nominal), (1...5).contains(day.weekday) else { return false }
        let nominalWeekday = ((day.weekday + nominal - day.day) % 7 + 7) % 7
        let target =
            switch nominalWeekday {
            case 6: nominal == 1 ? 3 : nominal - 1
            case 0: nominal == day.length ? nominal - 2 : nominal + 1
            default: nominal
            }
        return day.day == target
    }

    static let dayElements: [(String, @Sendable (Day) -> Bool)] = {
        var elements: [(String, @Sendable (Day) -> Bool)] = []
        for number in 1...31 {
            elements.append(("\(number) * *", { $0.day == number }))
            elements.append(("\(number)W * *", { isNearestWeekday($0, to: number) }))
        }
        for offset in 0...30 {
            elements.append(("L-\(offset) * *", { $0.day == $0.length - offset }))
            elements.append(("L-\(offset)W * *", { isNearestWeekday($0, to: $0.length - offset) }))
        }
        elements.append(("L * *", { $0.day == $0.length }))
        elements.append(("LW * *", { isNearestWeekday($0, to: $0.length) }))
        for weekday in 0...7 {
            elements.append(("* * \(weekday)", { $0.weekday == weekday % 7 }))
            elements.append(("* * \(weekday)L", { $0.weekday == weekday % 7 && $0.day + 7 > $0.length }))
            for number in 1...5 {
                elements.append(
                    ("* * \(weekday)#\(number)", { $0.weekday == weekday % 7 && ($0.day - 1) / 7 + 1 == number })
                )
            }
        }
        for month in 1...12 { elements.append(("* \(month) *", { $0.month == month })) }
        return elements
    }()

    @Test("days over 28 years", arguments: 0..<4)
    func calendar(part: Int) throws {
        let start = Timestamp(secondsSinceEpoch: 10_957 * 86_400 - 1)
        let end = Timestamp(secondsSinceEpoch: Int64(10_957 + Self.calendar.count) * 86_400)
        for (index, (text, matches)) in Self.dayElements.enumerated() where index % 4 == part {
            let expected = Self.calendar.filter(matches).map(\.number)
            let expression = try CronExpression("0 0 \(text)")
            let fires = Array(expression.occurrences(after: start, until: end, in: .utc))
            #expect(fires.map { Int($0.secondsSinceEpoch / 86_400) } == expected, "\(text)")
            #expect(expression.count(after: start, until: end, in: .utc) == expected.count, "\(text)")
            var backwards: [Int] = []
            var last = end
            while let previous = expression.previous(before: last, in: .utc), previous > start {
                backwards.append(Int(previous.secondsSinceEpoch / 86_400))
                last = previous
            }
            #expect(backwards.reversed() == expected, "\(text)")
        }
    }

    @Test("years")
    func years() throws {
        for step in 1...231 {
            let expression = try CronExpression("0 0 0 1 1 * */\(step)")
            let fires = Array(expression.occurrences(after: .earliest, in: .utc)).compactMap {
                Zone.utc.civil(at: $0)?.year
            }
            // A step of one means every year, also those before 1970.
            if step > 1 { #expect(fires == Array(stride(from: 1_970, through: 2_199, by: step))) }
        }
        for year in 1_970...2_199 {
            let expression = try CronExpression("0 0 0 1 1 * \(year)")
            let fires = Array(expression.occurrences(after: .earliest, in: .utc))
            #expect(fires.compactMap { Zone.utc.civil(at: $0)?.year } == [year])
            #expect(expression.previous(before: .latest, in: .utc) == fires.first)
        }
        // Every year of a run comes on the way back.
        let run = try CronExpression("0 0 0 1 1 * 1970-2199")
        var last = Timestamp.latest
        for year in (1_970...2_199).reversed() {
            last = try #require(run.previous(before: last, in: .utc))
            #expect(Zone.utc.civil(at: last)?.year == year)
        }
        #expect(run.previous(before: last, in: .utc) == nil)
    }
}
