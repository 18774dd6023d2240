// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronFields {
    /// The last local year that is searched.
    static var lastYear: Int { 2_199 }

    /// The first matching local time that is not before another one.
    ///
    /// - Parameter localSeconds: A local time in seconds since 1970-01-01T00:00:00 of the same wall clock.
    /// - Returns: The local time in the same unit, or nil if there is none up to the end of ``lastYear``.
    @inline(__always)
    func firstMatch(onOrAfter localSeconds: Int) -> Int? {
        // Local times start in the year 0000; the bias keeps them positive and their quotients cheap.
        let minute = UInt64(truncatingIfNeeded: localSeconds &+ Self.biasInDays &* 86_400 &+ 59) / 60
        let biasedDay = minute / 1_440
        let dayNumber = Int(truncatingIfNeeded: biasedDay) &- Self.biasInDays
        let date = CivilDate(dayNumber: dayNumber)
        guard date.year <= Self.lastYear else { return nil }

        var days: UInt32 = 0
        let firstDay = dayNumber &- date.day &+ 1
        if months & 1 &<< UInt16(truncatingIfNeeded: date.month) != 0 {
            days = daysOfMonth(date.month, of: date.year, firstDay: firstDay)
            let today: UInt32 = 1 &<< UInt32(truncatingIfNeeded: date.day)
            if days & today != 0,
                let match = timeOfDay(onOrAfter: Int(truncatingIfNeeded: minute &- biasedDay &* 1_440))
            {
                return dayNumber &* 86_400 &+ match &* 60
            }
            // Only the days after today are left: bits above today's.
            days &= 0 &- (today &<< 1)
        }
        guard let nextDay = nextDay(in: days, firstDay: firstDay, month: date.month, year: date.year) else {
            return nil
        }
        return nextDay &* 86_400 &+ firstTimeOfDay &* 60
    }

    /// The first matching minute of a day from a minute on, or nil; minutes count from midnight.
    @inline(__always)
    private func timeOfDay(onOrAfter minuteOfDay: Int) -> Int? {
        let hour = minuteOfDay / 60
        let minute = minuteOfDay &- hour &* 60
        if hours & 1 &<< UInt32(truncatingIfNeeded: hour) != 0 {
            let rest = minutes & (UInt64.max &<< UInt64(truncatingIfNeeded: minute))
            if rest != 0 { return hour &* 60 &+ rest.trailingZeroBitCount }
        }
        let laterHours = hours & (UInt32.max &<< UInt32(truncatingIfNeeded: hour &+ 1))
        guard laterHours != 0 else { return nil }
        return laterHours.trailingZeroBitCount &* 60 &+ minutes.trailingZeroBitCount
    }

    @inline(__always)
    private var firstTimeOfDay: Int {
        hours.trailingZeroBitCount &* 60 &+ minutes.trailingZeroBitCount
    }

    @inline(__always)
    private func daysOfMonth(_ month: Int, of year: Int, firstDay: Int) -> UInt32 {
        days(
            ofMonthOfLength: CivilDate.length(ofMonth: month, year: year),
            firstWeekday: CivilDate.weekday(ofDayNumber: firstDay)
        )
    }

    /// The first of the given days of a month, or else the first matching day of the months after it.
    @inline(__always)
    private func nextDay(in days: UInt32, firstDay: Int, month: Int, year: Int) -> Int? {
        if days != 0 { return firstDay &+ days.trailingZeroBitCount &- 1 }
        return nextDay(afterMonth: month, of: year)
    }

    private func nextDay(afterMonth month: Int, of year: Int) -> Int? {
        var year = year
        var laterMonths = months & (UInt16.max &<< UInt16(truncatingIfNeeded: month &+ 1))
        while true {
            if laterMonths == 0 {
                year &+= 1
                if year > Self.lastYear { return nil }
                laterMonths = months
            }
            let month = laterMonths.trailingZeroBitCount
            let firstDay = CivilDate.dayNumber(year: year, month: month, day: 1)
            let days = daysOfMonth(month, of: year, firstDay: firstDay)
            if days != 0 { return firstDay &+ days.trailingZeroBitCount &- 1 }
            laterMonths &= laterMonths &- 1
        }
    }

    private static var biasInDays: Int { 1_000_000 }
}
