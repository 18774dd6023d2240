// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The days of an expression that depend on a month's length and weekdays: `L`, `L-3`, `15W`, `LW`, `FRI#2`, `FRIL`.
///
/// Everything is a set of bits, so that a month costs the same whatever and however many the elements are.
struct SpecialDays: Hashable, Sendable {
    /// `d#n`: bit (n - 1) * 7 + d.
    var nthWeekdays: UInt64 = 0
    /// `L-k`: bit 31 - k; `L` is bit 31.
    var lastDays: UInt32 = 0
    /// `nW`: bits 1 to 31.
    var nearestWeekdays: UInt32 = 0
    /// `L-kW`: bit 31 - k; `LW` is bit 31.
    var lastNearestWeekdays: UInt32 = 0
    /// `dL`: bits 0 (Sunday) to 6.
    var lastWeekdays: UInt8 = 0

    var isEmpty: Bool { self == SpecialDays() }

    /// The days of month that the elements of the field of that name mean, as bits 1 to 31.
    @inline(__always)
    func daysOfMonth(length: Int, firstWeekday: Int) -> UInt32 {
        let shift = UInt32(truncatingIfNeeded: 31 &- length)
        let all = MonthShape.allDays(length: length)
        let nominal = (nearestWeekdays | lastNearestWeekdays &>> shift) & all
        let last = (lastDays &>> shift) & all
        guard nominal != 0 else { return last }

        let saturdays = nominal & MonthShape.days(on: 1 << 6, firstWeekday: firstWeekday)
        let sundays = nominal & MonthShape.days(on: 1, firstWeekday: firstWeekday)
        let firstDay: UInt32 = 2
        let lastDay: UInt32 = 1 &<< UInt32(truncatingIfNeeded: length)
        // The nearest weekday of the same month: a Saturday goes back to Friday, a Sunday on to Monday, and at an edge
        // of the month the other way round.
        let moved =
            (saturdays & ~firstDay) &>> 1 | (saturdays & firstDay) &<< 2
            | (sundays & ~lastDay) &<< 1 | (sundays & lastDay) &>> 2
        return last | nominal & ~saturdays & ~sundays | moved
    }

    /// The days of month that the elements of the day of week mean, as bits 1 to 31, perhaps past the month's end.
    @inline(__always)
    func daysOfWeek(length: Int, firstWeekday: Int) -> UInt32 {
        var days: UInt32 = 0
        if nthWeekdays != 0 {
            // Rotate every week of seven bits so that bit 0 is the month's first weekday.
            let first = UInt64(truncatingIfNeeded: firstWeekday)
            let every: UInt64 = 0x1020_4081
            let low = (0x7F &>> first) &* every
            let rotated =
                (nthWeekdays &>> first) & low | (nthWeekdays &<< (7 &- first)) & (0x7_FFFF_FFFF & ~low)
            days = UInt32(truncatingIfNeeded: rotated &<< 1)
        }
        if lastWeekdays != 0 {
            let lastWeek: UInt32 = 0xFE &<< UInt32(truncatingIfNeeded: length &- 7)
            days |= MonthShape.days(on: lastWeekdays, firstWeekday: firstWeekday) & lastWeek
        }
        return days
    }
}
