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

    /// The instants of a window at which a cron daemon with Debian's rule runs the job.
    ///
    /// The statement walks through real time minute by minute as the daemon does and knows nothing but the offset.
    ///
    /// - Parameters:
    ///   - window: Seconds since the Unix epoch, whole minutes.
    ///   - offset: The zone's offset at an instant.
    /// - Returns: The instants in ascending order, in the same unit.
    func fires(in window: Range<Int>, offset: (Int) -> Int) -> [Int] {
        var dayMatches: [Int: Bool] = [:]
        func matches(_ local: Int) -> Bool {
            let day = Int((Double(local) / 86_400).rounded(.down))
            let time = local - day * 86_400
            guard hour.values.contains(time / 3_600), minute.values.contains(time / 60 % 60) else { return false }
            if let known = dayMatches[day] { return known }
            let result = matchesDay(Date(timeIntervalSince1970: Double(day) * 86_400))
            dayMatches[day] = result
            return result
        }
        // Start days early so that local times seen before the window are known.
        let warmUp = window.lowerBound - 3 * 86_400
        var seen = warmUp + offset(warmUp) - 60
        var fires: [Int] = []
        for instant in stride(from: warmUp, to: window.upperBound, by: 60) {
            let local = instant + offset(instant)
            let isDue: Bool
            if minute.isStar || hour.isStar {
                isDue = matches(local)
            } else if local <= seen {
                isDue = false
            } else {
                let isReplayed = local - 60 - seen < 3 * 3_600
                let missed = stride(from: seen + 60, to: local, by: 60)
                isDue = matches(local) || (isReplayed && missed.contains(where: matches))
            }
            seen = max(seen, local)
            if isDue, window.contains(instant) { fires.append(instant) }
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
