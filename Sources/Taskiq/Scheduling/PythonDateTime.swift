// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// A `datetime` of Python: a date and a time of day to the microsecond, with an offset from UTC or without ("naive").
///
/// Years 1 to 9999. Its text is what pydantic writes: `2030-01-02T03:04:05`, `2030-01-02T03:04:05.123456Z`,
/// `2030-01-02T03:04:05+03:00`.
public struct PythonDateTime: Sendable, Hashable {
    /// The reading of calendar and clock, counted in microseconds from 1970-01-01T00:00:00 as if it were UTC.
    public let microseconds: Int64
    /// Seconds east of UTC; nil when the sender did not say, which taskiq takes for UTC.
    public let utcOffset: Int?

    private static let earliest: Int64 = -62_135_596_800_000_000
    private static let latest: Int64 = 253_402_300_799_999_999

    /// Takes the reading of calendar and clock; nil outside the years 1 to 9999, or for an offset of a day or more.
    ///
    /// - Parameters:
    ///   - microseconds: microseconds from 1970-01-01T00:00:00 to the reading, as if it were UTC.
    ///   - utcOffset: seconds east of UTC; nil for a naive one.
    public init?(microseconds: Int64, utcOffset: Int?) {
        guard (Self.earliest...Self.latest).contains(microseconds), utcOffset.map({ $0.magnitude < 86400 }) ?? true
        else {
            return nil
        }
        self.microseconds = microseconds
        self.utcOffset = utcOffset
    }

    /// An instant, in UTC.
    init?(seconds: Int64, nanoseconds: Int64) {
        guard (-62_135_596_800...253_402_300_799).contains(seconds) else { return nil }
        self.init(microseconds: seconds * 1_000_000 + nanoseconds / 1000, utcOffset: 0)
    }

    /// An instant, in UTC.
    ///
    /// - Parameter timestamp: the instant; nil outside the years 1 to 9999.
    public init?(_ timestamp: Timestamp) {
        let (microseconds, overflow) = timestamp.millisecondsSinceEpoch.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return nil }
        self.init(microseconds: microseconds, utcOffset: 0)
    }

    /// The instant it names, to the millisecond below; a naive one is taken for UTC, as taskiq does.
    public var timestamp: Timestamp {
        let instant = microseconds - Int64(utcOffset ?? 0) * 1_000_000
        return Timestamp(millisecondsSinceEpoch: instant >= 0 ? instant / 1000 : (instant - 999) / 1000)
    }
}

extension PythonDateTime: CustomStringConvertible {
    /// The text that pydantic writes.
    public var description: String {
        var (day, time) = microseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
        if time < 0 { (day, time) = (day - 1, time + 86_400_000_000) }
        let date = Self.date(ofDay: day)
        var text = Self.padded(date.year, 4) + "-" + Self.padded(date.month, 2) + "-" + Self.padded(date.day, 2)
        let seconds = time / 1_000_000
        text += "T" + Self.padded(seconds / 3600, 2) + ":" + Self.padded(seconds / 60 % 60, 2)
        text += ":" + Self.padded(seconds % 60, 2)
        if time % 1_000_000 != 0 { text += "." + Self.padded(time % 1_000_000, 6) }
        guard let utcOffset else { return text }
        if utcOffset == 0 { return text + "Z" }
        let minutes = Int64(utcOffset.magnitude / 60)
        return text + (utcOffset < 0 ? "-" : "+") + Self.padded(minutes / 60, 2) + ":" + Self.padded(minutes % 60, 2)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = number.description
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// The civil date of a day counted from 1970-01-01 (Hinnant's algorithm, in eras of 400 years).
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The day of a civil date counted from 1970-01-01.
    static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
