// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronSearch {
    /// The first matching local time that is not before another one.
    ///
    /// - Parameter localSeconds: A local time.
    /// - Returns: The local time, or nil if there is none up to the end of ``lastYear``.
    @inline(__always)
    func firstMatch(onOrAfter localSeconds: Int) -> Int? {
        let hasSeconds = fields.flags.contains(.seconds)
        // Without seconds the first whole minute is what counts.
        let biased = UInt64(truncatingIfNeeded: localSeconds &+ Self.biasInDays &* 86_400 &+ (hasSeconds ? 0 : 59))
        let biasedDay = biased / 86_400
        let dayNumber = Int(truncatingIfNeeded: biasedDay) &- Self.biasInDays
        let date = CivilDate(dayNumber: dayNumber)
        guard date.year <= Self.lastYear else { return nil }

        var days: UInt32 = 0
        let firstDay = dayNumber &- date.day &+ 1
        if matches(month: date.month, of: date.year) {
            days = self.days(ofMonth: date.month, year: date.year, firstDay: firstDay)
            let today: UInt32 = 1 &<< UInt32(truncatingIfNeeded: date.day)
            if days & today != 0 {
                let secondOfDay = Int(truncatingIfNeeded: biased &- biasedDay &* 86_400)
                let time =
                    hasSeconds
                    ? timeOfDay(onOrAfter: secondOfDay)
                    : timeOfDay(onOrAfterMinute: Int(truncatingIfNeeded: UInt32(truncatingIfNeeded: secondOfDay) / 60))
                if let time { return dayNumber &* 86_400 &+ time }
            }
            // Only the days after today are left: bits above today's.
            days &= 0 &- (today &<< 1)
            if days != 0 {
                return (firstDay &+ days.trailingZeroBitCount &- 1) &* 86_400 &+ firstTimeOfDay
            }
        }
        guard let day = firstDayAfterMonth(date.month, of: date.year) else { return nil }
        return day &* 86_400 &+ firstTimeOfDay
    }

    /// The first matching day of the months after one.
    private func firstDayAfterMonth(_ month: Int, of year: Int) -> Int? {
        var year = year
        var laterMonths = fields.months & (UInt16.max &<< UInt16(truncatingIfNeeded: month &+ 1))
        if let years, !years.pointee.contains(year) { laterMonths = 0 }
        while true {
            if laterMonths == 0 {
                if let years {
                    guard let next = years.pointee.next(after: year) else { return nil }
                    year = next
                } else {
                    year &+= 1
                }
                if year > Self.lastYear { return nil }
                laterMonths = fields.months
            }
            let month = laterMonths.trailingZeroBitCount
            let firstDay = CivilDate.dayNumber(year: year, month: month, day: 1)
            let days = days(ofMonth: month, year: year, firstDay: firstDay)
            if days != 0 { return firstDay &+ days.trailingZeroBitCount &- 1 }
            laterMonths &= laterMonths &- 1
        }
    }
}
