// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Finds matching local times of an expression; a view of its parts that allocates nothing.
///
/// Local times are seconds since 1970-01-01T00:00:00 of the same wall clock, and those of the years 0000 to
/// ``lastYear`` are looked at.
struct CronSearch {
    let fields: CronFields
    /// Bits 0 to 59; bit 0 alone without ``CronFields/Flags/seconds``.
    let seconds: UInt64
    let specialDays: UnsafePointer<SpecialDays>?
    let years: UnsafePointer<YearSet>?

    /// The last local year that is searched.
    static var lastYear: Int { YearSet.last }

    /// Added to days, it keeps local times positive and their quotients cheap.
    static var biasInDays: Int { 1_000_000 }

    // MARK: Days

    @inline(__always)
    func days(ofMonth month: Int, year: Int, firstDay: Int) -> UInt32 {
        let length = CivilDate.length(ofMonth: month, year: year)
        let firstWeekday = CivilDate.weekday(ofDayNumber: firstDay)
        guard let specialDays else { return fields.days(ofMonthOfLength: length, firstWeekday: firstWeekday) }
        return fields.days(ofMonthOfLength: length, firstWeekday: firstWeekday, special: specialDays.pointee)
    }

    @inline(__always)
    func matches(month: Int, of year: Int) -> Bool {
        guard fields.months & 1 &<< UInt16(truncatingIfNeeded: month) != 0 else { return false }
        guard let years else { return true }
        return years.pointee.contains(year)
    }

    // MARK: Times of day, in seconds

    var firstTimeOfDay: Int {
        @inline(__always) get {
            (fields.hours.trailingZeroBitCount &* 60 &+ fields.minutes.trailingZeroBitCount) &* 60
                &+ seconds.trailingZeroBitCount
        }
    }

    var lastTimeOfDay: Int {
        ((31 - fields.hours.leadingZeroBitCount) * 60 + (63 - fields.minutes.leadingZeroBitCount)) * 60
            + (63 - seconds.leadingZeroBitCount)
    }

    var timesPerDay: Int {
        fields.hours.nonzeroBitCount * fields.minutes.nonzeroBitCount * seconds.nonzeroBitCount
    }

    /// The first matching time of a day that is not before a minute's start; only without seconds.
    @inline(__always)
    func timeOfDay(onOrAfterMinute minuteOfDay: Int) -> Int? {
        let hour = minuteOfDay / 60
        let minute = minuteOfDay &- hour &* 60
        if fields.hours & 1 &<< UInt32(truncatingIfNeeded: hour) != 0 {
            let rest = fields.minutes & (UInt64.max &<< UInt64(truncatingIfNeeded: minute))
            if rest != 0 { return (hour &* 60 &+ rest.trailingZeroBitCount) &* 60 }
        }
        let laterHours = fields.hours & (UInt32.max &<< UInt32(truncatingIfNeeded: hour &+ 1))
        guard laterHours != 0 else { return nil }
        return (laterHours.trailingZeroBitCount &* 60 &+ fields.minutes.trailingZeroBitCount) &* 60
    }

    /// The first matching time of a day that is not before a second.
    func timeOfDay(onOrAfter secondOfDay: Int) -> Int? {
        let minuteOfDay = secondOfDay / 60
        let rest = seconds & (UInt64.max &<< UInt64(truncatingIfNeeded: secondOfDay &- minuteOfDay &* 60))
        let hour = minuteOfDay / 60
        let isMatch =
            fields.hours & 1 &<< UInt32(truncatingIfNeeded: hour) != 0
            && fields.minutes & 1 &<< UInt64(truncatingIfNeeded: minuteOfDay &- hour &* 60) != 0
        if isMatch, rest != 0 { return minuteOfDay &* 60 &+ rest.trailingZeroBitCount }
        guard minuteOfDay < 1_439, let minute = timeOfDay(onOrAfterMinute: minuteOfDay &+ 1) else { return nil }
        return minute &+ seconds.trailingZeroBitCount
    }

    /// The last matching time of a day that is not after a second.
    func timeOfDay(onOrBefore secondOfDay: Int) -> Int? {
        let hour = secondOfDay / 3_600
        let minute = secondOfDay / 60 % 60
        if fields.hours & 1 << UInt32(hour) != 0 {
            if fields.minutes & 1 << UInt64(minute) != 0 {
                let rest = seconds & (UInt64.max >> UInt64(63 - secondOfDay % 60))
                if rest != 0 { return secondOfDay / 60 * 60 + 63 - rest.leadingZeroBitCount }
            }
            let earlierMinutes = fields.minutes & (1 << UInt64(minute) - 1)
            if earlierMinutes != 0 {
                return hour * 3_600 + (63 - earlierMinutes.leadingZeroBitCount) * 60 + 63 - seconds.leadingZeroBitCount
            }
        }
        let earlierHours = fields.hours & (1 << UInt32(hour) - 1)
        guard earlierHours != 0 else { return nil }
        return (31 - earlierHours.leadingZeroBitCount) * 3_600 + lastTimeOfDay % 3_600
    }

    /// How many matching times of a day are before a second of it, 0 to 86400.
    func timesOfDay(before secondOfDay: Int) -> Int {
        guard secondOfDay < 86_400 else { return timesPerDay }
        let hour = secondOfDay / 3_600
        let minute = secondOfDay / 60 % 60
        let second = secondOfDay % 60
        let perMinute = seconds.nonzeroBitCount
        let earlierHours = fields.hours & (1 << UInt32(hour) - 1)
        var count = earlierHours.nonzeroBitCount * fields.minutes.nonzeroBitCount * perMinute
        if fields.hours & 1 << UInt32(hour) != 0 {
            count += (fields.minutes & (1 << UInt64(minute) - 1)).nonzeroBitCount * perMinute
            if fields.minutes & 1 << UInt64(minute) != 0 {
                count += (seconds & (1 << UInt64(second) - 1)).nonzeroBitCount
            }
        }
        return count
    }
}
