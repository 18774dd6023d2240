// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronSearch {
    /// The last matching local time that is not after another one.
    ///
    /// - Parameter localSeconds: A local time.
    /// - Returns: The local time, or nil if there is none from the year 0000 on.
    func lastMatch(onOrBefore localSeconds: Int) -> Int? {
        let localSeconds = min(localSeconds, Self.endOfLastYear - 1)
        guard localSeconds >= Self.startOfFirstYear else { return nil }
        let dayNumber = localSeconds.flooredQuotient(by: 86_400)
        let date = CivilDate(dayNumber: dayNumber)
        let firstDay = dayNumber - date.day + 1
        if matches(month: date.month, of: date.year) {
            var days = days(ofMonth: date.month, year: date.year, firstDay: firstDay)
            let today: UInt32 = 1 << UInt32(date.day)
            if days & today != 0, let time = timeOfDay(onOrBefore: localSeconds - dayNumber * 86_400) {
                return dayNumber * 86_400 + time
            }
            days &= today - 1
            if days != 0 { return (firstDay + 30 - days.leadingZeroBitCount) * 86_400 + lastTimeOfDay }
        }
        guard let day = lastDayBeforeMonth(date.month, of: date.year) else { return nil }
        return day * 86_400 + lastTimeOfDay
    }

    /// The last matching day of the months before one.
    private func lastDayBeforeMonth(_ month: Int, of year: Int) -> Int? {
        var year = year
        var earlierMonths = fields.months & (1 << UInt16(month) - 1)
        if let years, !years.pointee.contains(year) { earlierMonths = 0 }
        while true {
            if earlierMonths == 0 {
                if let years {
                    guard let previous = years.pointee.previous(before: year) else { return nil }
                    year = previous
                } else {
                    year -= 1
                }
                if year < 0 { return nil }
                earlierMonths = fields.months
            }
            let month = 15 - earlierMonths.leadingZeroBitCount
            let firstDay = CivilDate.dayNumber(year: year, month: month, day: 1)
            let days = days(ofMonth: month, year: year, firstDay: firstDay)
            if days != 0 { return firstDay + 30 - days.leadingZeroBitCount }
            earlierMonths &= ~(1 << UInt16(month))
        }
    }

    /// How many matching local times lie in a range.
    ///
    /// The cost grows with the months of the range, not with the number of matches.
    func countMatches(in range: Range<Int>) -> Int {
        let lower = max(range.lowerBound, Self.startOfFirstYear)
        let upper = min(range.upperBound, Self.endOfLastYear)
        guard lower < upper else { return 0 }
        let firstDay = lower.flooredQuotient(by: 86_400)
        let lastDay = upper.flooredQuotient(by: 86_400)
        var count = countDays(from: firstDay, to: lastDay) * timesPerDay
        if matches(dayNumber: firstDay) { count -= timesOfDay(before: lower - firstDay * 86_400) }
        let rest = upper - lastDay * 86_400
        if rest > 0, matches(dayNumber: lastDay) { count += timesOfDay(before: rest) }
        return count
    }

    private func matches(dayNumber: Int) -> Bool {
        let date = CivilDate(dayNumber: dayNumber)
        guard matches(month: date.month, of: date.year) else { return false }
        let days = days(ofMonth: date.month, year: date.year, firstDay: dayNumber - date.day + 1)
        return days & 1 << UInt32(date.day) != 0
    }

    /// How many matching days lie from one day up to another, which does not count.
    private func countDays(from start: Int, to end: Int) -> Int {
        var count = 0
        var date = CivilDate(dayNumber: start)
        var firstDay = start - date.day + 1
        while firstDay < end {
            let length = CivilDate.length(ofMonth: date.month, year: date.year)
            if matches(month: date.month, of: date.year) {
                var days = days(ofMonth: date.month, year: date.year, firstDay: firstDay)
                // Bits from the first day that counts on, and up to the last one.
                if date.day > 1 { days &= UInt32.max << UInt32(date.day) }
                if end - firstDay < length { days &= 1 << UInt32(end - firstDay + 1) - 1 }
                count += days.nonzeroBitCount
            }
            firstDay += length
            date =
                date.month == 12
                ? CivilDate(year: date.year + 1, month: 1, day: 1)
                : CivilDate(year: date.year, month: date.month + 1, day: 1)
        }
        return count
    }

    /// 0000-01-01; the clocks of the west show that year when the first timestamp is in 0001.
    private static var startOfFirstYear: Int { -719_528 * 86_400 }
    /// 2200-01-01.
    private static var endOfLastYear: Int { 84_006 * 86_400 }
}
