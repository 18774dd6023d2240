// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The part of a cron expression's meaning that every expression has: a set of values for each field, as bits.
struct CronFields: Hashable, Sendable {
    struct Flags: OptionSet, Hashable, Sendable {
        let rawValue: UInt8

        /// The second, minute or hour starts with `*`: the expression follows real time across jumps of the clock.
        static let wildcardTime = Flags(rawValue: 1)
        /// Neither day field starts with `*`: a day matches if either of them does, else both must.
        static let eitherDay = Flags(rawValue: 2)
        /// It has a field of seconds, kept beside the fields.
        static let seconds = Flags(rawValue: 4)
        /// It has days such as `L`, `15W` or `MON#1`, kept beside the fields as ``SpecialDays``.
        static let specialDays = Flags(rawValue: 8)
        /// It does not fire in every year; the years are kept beside the fields as ``YearSet``.
        static let years = Flags(rawValue: 16)
        /// It names its zone, kept beside the fields.
        static let zone = Flags(rawValue: 32)
        /// It is `@every`; the interval is kept beside the fields, which have no meaning.
        static let interval = Flags(rawValue: 64)
        /// It is `@reboot`; the fields have no meaning.
        static let reboot = Flags(rawValue: 128)
    }

    /// Bits 0 to 59.
    var minutes: UInt64 = 1
    /// Bits 0 to 23.
    var hours: UInt32 = 1
    /// Bits 1 to 31.
    var daysOfMonth: UInt32 = Self.everyDay
    /// Bits 1 to 12; none at all if the expression never fires.
    var months: UInt16 = 0x1FFE
    /// Bits 0 (Sunday) to 6.
    var weekdays: UInt8 = Self.everyWeekday
    var flags: Flags = []

    static var everyDay: UInt32 { 0xFFFF_FFFE }
    static var everyWeekday: UInt8 { 0x7F }

    /// The matching days of a month as bits 1 to 31, special days left out.
    ///
    /// - Parameters:
    ///   - length: The number of its days, 28 to 31.
    ///   - firstWeekday: The weekday of its first day, 0 for Sunday.
    /// - Returns: The set; empty if no day matches.
    @inline(__always)
    func days(ofMonthOfLength length: Int, firstWeekday: Int) -> UInt32 {
        combined(
            daysOfMonth,
            MonthShape.days(on: weekdays, firstWeekday: firstWeekday),
            length: length
        )
    }

    /// The matching days of a month as bits 1 to 31, special days included.
    @inline(__always)
    func days(ofMonthOfLength length: Int, firstWeekday: Int, special: SpecialDays) -> UInt32 {
        combined(
            daysOfMonth | special.daysOfMonth(length: length, firstWeekday: firstWeekday),
            MonthShape.days(on: weekdays, firstWeekday: firstWeekday)
                | special.daysOfWeek(length: length, firstWeekday: firstWeekday),
            length: length
        )
    }

    @inline(__always)
    private func combined(_ byDay: UInt32, _ byWeekday: UInt32, length: Int) -> UInt32 {
        let either = flags.contains(.eitherDay)
        return (either ? byDay | byWeekday : byDay & byWeekday) & MonthShape.allDays(length: length)
    }
}

/// Sets of days of a month as bits 1 to 31, computed from the month's length and the weekday of its first day.
enum MonthShape {
    @inline(__always)
    static func allDays(length: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: 2 &<< UInt64(truncatingIfNeeded: length)) &- 2
    }

    /// The days that fall on the given weekdays; also some past the end of the month.
    @inline(__always)
    static func days(on weekdays: UInt8, firstWeekday: Int) -> UInt32 {
        // Rotate the week so that bit 0 is the month's first weekday, then lay five of it side by side.
        let week = UInt64(weekdays)
        let first = UInt64(truncatingIfNeeded: firstWeekday)
        let rotated = (week &>> first | week &<< (7 &- first)) & 0x7F
        return UInt32(truncatingIfNeeded: (rotated &* 0x1020_4081) &<< 1)
    }
}
