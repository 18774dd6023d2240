// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TestSupport

/// A random expression together with what its fields mean, found without the parser under test.
struct RandomExpression: CustomStringConvertible {
    struct Field {
        var text: String
        var values: Set<Int>
        var isStar: Bool { text.hasPrefix("*") }
    }

    var minute: Field
    var hour: Field
    var dayOfMonth: Field
    var month: Field
    var dayOfWeek: Field

    init(using generator: inout SeededGenerator) {
        minute = Self.field(0...59, using: &generator)
        hour = Self.field(0...23, using: &generator)
        // Most expressions leave the days alone; else few of them would fire near the jump that is looked at.
        let star = { (range: ClosedRange<Int>) in Field(text: "*", values: Set(range)) }
        let isDaily = Int.random(in: 0..<3, using: &generator) > 0
        dayOfMonth = isDaily ? star(1...31) : Self.field(1...31, using: &generator)
        month = star(1...12)
        dayOfWeek = isDaily ? star(0...6) : Self.field(0...6, using: &generator)
    }

    /// An expression that likely fires around an hour.
    init(near hour: Int, using generator: inout SeededGenerator) {
        self.init(using: &generator)
        guard generator.chance(60) else { return }
        let hours = Set(
            (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                (hour + Int.random(in: -2...2, using: &generator) + 24) % 24
            }
        )
        self.hour = Field(text: hours.sorted().map(String.init).joined(separator: ","), values: hours)
        if minute.isStar, generator.chance(50) { minute = Field(text: "7,30", values: [7, 30]) }
    }

    private static func field(_ range: ClosedRange<Int>, using generator: inout SeededGenerator) -> Field {
        let parts = (0..<Int.random(in: 1...3, using: &generator)).map { _ in element(range, using: &generator) }
        return Field(
            text: parts.map(\.text).joined(separator: ","),
            values: parts.reduce(into: []) { $0.formUnion($1.values) }
        )
    }

    private static func element(_ range: ClosedRange<Int>, using generator: inout SeededGenerator) -> Field {
        let first = Int.random(in: range, using: &generator)
        let last = Int.random(in: range, using: &generator)
        let step = Int.random(in: 1...range.count / 2, using: &generator)
        let ring = Array(range) + Array(range)
        let length = (last - first + range.count) % range.count + 1
        let wrapped = ring.dropFirst(first - range.lowerBound).prefix(length)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return Field(text: "*", values: Set(range))
        case 1:
            return Field(
                text: "*/\(step)",
                values: Set(stride(from: range.lowerBound, through: range.upperBound, by: step))
            )
        case 2: return Field(text: "\(first)-\(last)", values: Set(wrapped))
        case 3:
            let kept = wrapped.enumerated().filter { $0.offset % step == 0 }.map(\.element)
            return Field(text: "\(first)-\(last)/\(step)", values: Set(kept))
        default: return Field(text: "\(first)", values: [first])
        }
    }

    var description: String {
        [minute, hour, dayOfMonth, month, dayOfWeek].map(\.text).joined(separator: " ")
    }

    /// Which of the two kinds of jobs it is.
    var isWildcard: Bool { minute.isStar || hour.isStar }

    /// The instants of a window at which a cron daemon with Debian's rule runs the job.
    func fires(in window: Range<Int>, offset: (Int) -> Int) -> [Int] {
        fires(in: window, replaysGaps: !isWildcard, repeatsFolds: isWildcard, offset: offset)
    }

    /// The instants of a window at which a cron daemon runs the job.
    ///
    /// The statement walks through real time step by step as the daemon does and knows nothing but the offset.
    ///
    /// - Parameters:
    ///   - window: Seconds since the Unix epoch, whole minutes.
    ///   - replaysGaps: Whether a skipped time runs at the end of the gap.
    ///   - repeatsFolds: Whether a repeated time runs both times.
    ///   - warmUp: How long before the window the walk starts, so that local times seen before are known.
    ///   - step: A minute, or a second where offsets are not whole minutes.
    ///   - offset: The zone's offset at an instant.
    /// - Returns: The instants in ascending order, in the same unit.
    func fires(
        in window: Range<Int>,
        replaysGaps: Bool,
        repeatsFolds: Bool,
        warmUp: Int = 3 * 86_400,
        step: Int = 60,
        offset: (Int) -> Int
    ) -> [Int] {
        var dayMatches: [Int: Bool] = [:]
        func matches(_ local: Int) -> Bool {
            let day = Int((Double(local) / 86_400).rounded(.down))
            let time = local - day * 86_400
            guard time % 60 == 0, hour.values.contains(time / 3_600), minute.values.contains(time / 60 % 60) else {
                return false
            }
            if let known = dayMatches[day] { return known }
            let result = matchesDay(Date(timeIntervalSince1970: Double(day) * 86_400))
            dayMatches[day] = result
            return result
        }
        let start = window.lowerBound - warmUp
        var seen = start + offset(start) - step
        var fires: [Int] = []
        for instant in stride(from: start, to: window.upperBound, by: step) {
            let local = instant + offset(instant)
            if window.contains(instant) {
                let gap = local - step - seen
                var isDue = (repeatsFolds || local > seen) && matches(local)
                if replaysGaps, gap > 0, gap < 3 * 3_600 {
                    isDue = isDue || stride(from: seen + step, to: local, by: step).contains(where: matches)
                }
                if isDue { fires.append(instant) }
            }
            seen = max(seen, local)
        }
        return fires
    }

    private func matchesDay(_ date: Date) -> Bool {
        let parts = Self.calendar.dateComponents([.day, .month, .weekday], from: date)
        guard let day = parts.day, let number = parts.month, let weekday = parts.weekday else { return false }
        guard month.values.contains(number) else { return false }
        let byDay = dayOfMonth.values.contains(day)
        let byWeekday = dayOfWeek.values.contains(weekday - 1)
        return dayOfMonth.isStar || dayOfWeek.isStar ? byDay && byWeekday : byDay || byWeekday
    }

    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()
}
