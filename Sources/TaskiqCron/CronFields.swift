// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a cron expression means: a set of values for each field, as bits, and how the fields work together.
struct CronFields: Hashable, Sendable {
    struct Flags: OptionSet, Hashable, Sendable {
        let rawValue: UInt8

        /// The minute or the hour starts with `*`: the expression follows real time across jumps of the clock.
        static let wildcardTime = Flags(rawValue: 1)
        /// Neither day field starts with `*`: a day matches if either of them does, else both must.
        static let eitherDay = Flags(rawValue: 2)
    }

    /// Bits 0 to 59.
    var minutes: UInt64
    /// Bits 0 to 23.
    var hours: UInt32
    /// Bits 1 to 31.
    var daysOfMonth: UInt32
    /// Bits 1 to 12.
    var months: UInt16
    /// Bits 0 (Sunday) to 6.
    var weekdays: UInt8
    var flags: Flags

    /// The matching days of a month as bits 1 to 31.
    ///
    /// - Parameters:
    ///   - length: The number of its days, 28 to 31.
    ///   - firstWeekday: The weekday of its first day, 0 for Sunday.
    /// - Returns: The set; empty if no day matches.
    @inline(__always)
    func days(ofMonthOfLength length: Int, firstWeekday: Int) -> UInt32 {
        // Rotate the week so that bit 0 is the month's first weekday, then lay five of it side by side.
        let week = UInt64(weekdays)
        let first = UInt64(truncatingIfNeeded: firstWeekday)
        let rotated = (week &>> first | week &<< (7 &- first)) & 0x7F
        let byWeekday = UInt32(truncatingIfNeeded: (rotated &* 0x1020_4081) &<< 1)
        let combined = flags.contains(.eitherDay) ? daysOfMonth | byWeekday : daysOfMonth & byWeekday
        return combined & (UInt32(truncatingIfNeeded: 2 &<< UInt64(truncatingIfNeeded: length)) &- 2)
    }

    /// Whether any month of any year has a matching day.
    ///
    /// A month has one of 28 shapes, four lengths by seven first weekdays, and the calendar shows every month in all
    /// shapes of its length within 400 years, so this answer is exact.
    var canFire: Bool {
        for month in 1...12 where months & 1 << month != 0 {
            let shortest = CivilDate.length(ofMonth: month, year: 2_001)
            let lengths = shortest...(month == 2 ? 29 : shortest)
            for length in lengths {
                for firstWeekday in 0...6 where days(ofMonthOfLength: length, firstWeekday: firstWeekday) != 0 {
                    return true
                }
            }
        }
        return false
    }
}
