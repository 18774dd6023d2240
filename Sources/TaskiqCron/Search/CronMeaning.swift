// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The whole meaning of an expression, as the parser finds it.
struct CronMeaning {
    var fields = CronFields()
    /// Bits 0 to 59.
    var seconds: UInt64 = 1
    var specialDays = SpecialDays()
    var years: YearSet?
    var zone: Zone?
    var intervalMilliseconds: Int64 = 0

    /// Brings the flags and the years in line with the rest, once all fields are known.
    ///
    /// An expression whose days do not exist in every year gets the set of the years in which they do, so that a search
    /// goes from one of them to the next at once. One whose days exist in no year loses its months.
    mutating func complete() {
        if seconds != 1 { fields.flags.insert(.seconds) }
        if !specialDays.isEmpty { fields.flags.insert(.specialDays) }
        if zone != nil { fields.flags.insert(.zone) }
        if !firesEveryMonth { restrictYears() }
        if let years {
            fields.flags.insert(.years)
            if years.isEmpty { fields.months = 0 }
        }
    }

    /// Whether each of the months surely has a matching day; a quick look that answers for nearly all expressions.
    private var firesEveryMonth: Bool {
        // Days up to the 28th, and up to 27 days before the last one, exist in every month; so do four of each weekday.
        let commonDays: UInt32 = 0x1FFF_FFFE
        let commonLastDays: UInt32 = 0xFFFF_FFF0
        let hasDay =
            (fields.daysOfMonth | specialDays.nearestWeekdays) & commonDays != 0
            || (specialDays.lastDays | specialDays.lastNearestWeekdays) & commonLastDays != 0
        let hasWeekday =
            fields.weekdays | specialDays.lastWeekdays != 0 || specialDays.nthWeekdays & 0xFFF_FFFF != 0
        if fields.flags.contains(.eitherDay) { return hasDay || hasWeekday }
        return fields.daysOfMonth == CronFields.everyDay && hasWeekday
            || fields.weekdays == CronFields.everyWeekday && hasDay
    }

    private mutating func restrictYears() {
        let shapes = firingYearShapes
        let allShapes: UInt16 = 0x3FFF
        guard shapes != allShapes else { return }
        var firing = YearSet()
        for shape in 0..<14 where shapes & 1 << UInt16(shape) != 0 { firing.formUnion(YearSet.ofShape[shape]) }
        if let years { firing.formIntersection(years) }
        years = firing
    }

    /// The shapes of years, as bits of ``YearSet/shape(isLeap:firstWeekday:)``, that have a matching day.
    ///
    /// A year has one of 14 shapes, two lengths by seven first weekdays, so the answer is exact.
    private var firingYearShapes: UInt16 {
        var shapes: UInt16 = 0
        for isLeap in [false, true] {
            for firstWeekday in 0..<7 where hasDay(inYearThatIsLeap: isLeap, firstWeekday: firstWeekday) {
                shapes |= 1 << UInt16(YearSet.shape(isLeap: isLeap, firstWeekday: firstWeekday))
            }
        }
        return shapes
    }

    private func hasDay(inYearThatIsLeap isLeap: Bool, firstWeekday: Int) -> Bool {
        // Any year of that kind has months of the same lengths.
        let year = isLeap ? 2_000 : 2_001
        let start = CivilDate.dayNumber(year: year, month: 1, day: 1)
        var months = fields.months
        while months != 0 {
            let month = months.trailingZeroBitCount
            months &= months &- 1
            let days = fields.days(
                ofMonthOfLength: CivilDate.length(ofMonth: month, year: year),
                firstWeekday: (firstWeekday + CivilDate.dayNumber(year: year, month: month, day: 1) - start) % 7,
                special: specialDays
            )
            if days != 0 { return true }
        }
        return false
    }
}
