// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A day of the proleptic Gregorian calendar.
///
/// Days are numbered from 1970-01-01 = 0. The arithmetic is exact for every year a local time of a ``Timestamp`` can
/// fall in (0000 to 10000); it is a multiplication and shift version of the usual "days from civil" algorithms
/// (Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms", 2022).
struct CivilDate: Hashable, Sendable {
    var year: Int
    /// 1 for January to 12 for December.
    var month: Int
    /// 1 to 31.
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date of a day number.
    @inline(__always)
    init(dayNumber: Int) {
        // One 400-year era more than needed keeps the year 0000 on the positive side.
        let shifted = UInt32(truncatingIfNeeded: dayNumber &+ Self.daysBeforeEpoch &+ Self.daysPerEra)
        let quarterDays = 4 &* shifted &+ 3
        let century = quarterDays / 146_097
        let dayOfCentury = (quarterDays % 146_097) / 4
        let product = UInt64(2_939_745) &* UInt64(4 &* dayOfCentury &+ 3)
        let yearOfCentury = UInt32(truncatingIfNeeded: product >> 32)
        let dayOfYear = UInt32(truncatingIfNeeded: product) / 2_939_745 / 4
        let packed = 2_141 &* dayOfYear &+ 197_913
        // The computational year starts in March, so January and February belong to the civil year after it.
        let isNextYear: UInt32 = dayOfYear >= 306 ? 1 : 0
        year = Int(100 &* century &+ yearOfCentury &+ isNextYear) &- 400
        month = Int((packed >> 16) &- 12 &* isNextYear)
        day = Int((packed & 0xFFFF) / 2_141 &+ 1)
    }

    /// The number of this day, 1970-01-01 being 0.
    var dayNumber: Int {
        Self.dayNumber(year: year, month: month, day: day)
    }

    /// The number of a day given by its parts.
    @inline(__always)
    static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let isBeforeMarch = month <= 2
        let shiftedYear = UInt32(truncatingIfNeeded: year &+ 400 &- (isBeforeMarch ? 1 : 0))
        let shiftedMonth = UInt32(truncatingIfNeeded: isBeforeMarch ? month &+ 12 : month)
        let century = shiftedYear / 100
        let daysBeforeYear = 1_461 &* shiftedYear / 4 &- century &+ century / 4
        let daysBeforeMonth = (979 &* shiftedMonth &- 2_919) / 32
        return Int(daysBeforeYear &+ daysBeforeMonth) &+ day &- 1 &- daysBeforeEpoch &- daysPerEra
    }

    /// The weekday of a day number: 0 for Sunday to 6 for Saturday.
    @inline(__always)
    static func weekday(ofDayNumber dayNumber: Int) -> Int {
        // 1970-01-01 was a Thursday; the added multiple of 7 keeps the operand positive.
        Int(UInt32(truncatingIfNeeded: dayNumber &+ 7_000_004) % 7)
    }

    @inline(__always)
    static func isLeapYear(_ year: Int) -> Bool {
        year & 3 == 0 && (year % 25 != 0 || year & 15 == 0)
    }

    /// The number of days of a month, 28 to 31.
    @inline(__always)
    static func length(ofMonth month: Int, year: Int) -> Int {
        if month == 2 { return isLeapYear(year) ? 29 : 28 }
        return 30 | (month ^ (month >> 3)) & 1
    }

    /// Days from 0000-03-01 to 1970-01-01.
    private static var daysBeforeEpoch: Int { 719_468 }
    /// Days of the 400 years after which the calendar repeats.
    private static var daysPerEra: Int { 146_097 }
}
