// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// An instant as Python's `datetime` in UTC: microseconds, in the years 1 to 9999.
struct DateTimeValue {
    let microsecondsSinceEpoch: Int64

    private static let microsecondsOfDay: Int64 = 86_400_000_000
    private static let earliest = daysSinceEpoch(year: 1, month: 1, day: 1) * microsecondsOfDay
    private static let end = daysSinceEpoch(year: 10_000, month: 1, day: 1) * microsecondsOfDay

    /// Nil outside the years 1 to 9999.
    init?(microsecondsSinceEpoch: Int64) {
        guard microsecondsSinceEpoch >= Self.earliest, microsecondsSinceEpoch < Self.end else { return nil }
        self.microsecondsSinceEpoch = microsecondsSinceEpoch
    }

    // MARK: Unix time

    /// Takes a Unix timestamp as pydantic does: seconds up to 20,000,000,000, milliseconds beyond.
    init?(unixTime: Double) {
        guard unixTime.isFinite else { return nil }
        let seconds = unixTime.magnitude <= 2e10 ? unixTime : unixTime / 1000
        guard seconds.magnitude < 1e12 else { return nil }
        // Apart, so that the microseconds do not lose digits to the seconds.
        let whole = seconds.rounded(.down)
        let fraction =
            unixTime.magnitude <= 2e10
            ? (seconds - whole) * 1e6 : (unixTime - whole * 1000) * 1e3
        self.init(microsecondsSinceEpoch: Int64(whole) * 1_000_000 + Int64(fraction.rounded()))
    }

    /// Takes a Unix timestamp as text: digits, with a sign and a fraction if need be.
    init?(unixText text: String) {
        var reader = ValueText(text)
        let sign = reader.sign() ?? 1
        let whole = reader.digits()
        let hasPoint = reader.take(".")
        let fraction = hasPoint ? reader.digits() : []
        guard reader.isAtEnd, !(whole.isEmpty && fraction.isEmpty) else { return nil }
        let number = String(decoding: whole, as: UTF8.self) + "." + String(decoding: fraction, as: UTF8.self)
        guard let value = Double("0" + number + "0") else { return nil }
        self.init(unixTime: Double(sign) * value)
    }

    // MARK: ISO 8601

    /// Reads `2024-01-02T03:04:05.678+02:00`.
    ///
    /// A space or an underscore may stand for `T`; the seconds, the time and the offset may be left out, which means UTC;
    /// of a fraction the microseconds count.
    init?(iso text: String) {
        var reader = ValueText(text)
        guard let year = reader.digits(4), year > 0, reader.take("-"), let month = reader.digits(2), reader.take("-"),
            let day = reader.digits(2), (1...12).contains(month),
            (1...Self.days(ofMonth: month, year: year)).contains(day)
        else { return nil }
        var seconds = Self.daysSinceEpoch(year: year, month: month, day: day) * 86_400
        var microseconds = 0
        if !reader.isAtEnd {
            guard reader.take("Tt _"), let hour = reader.digits(2), hour < 24, reader.take(":"),
                let minute = reader.digits(2), minute < 60
            else { return nil }
            seconds += Int64(hour * 3600 + minute * 60)
            if reader.take(":") {
                guard let second = reader.digits(2), second < 60, let fraction = reader.fraction(decimals: 6) else {
                    return nil
                }
                seconds += Int64(second)
                microseconds = fraction
            }
            if !reader.take("Zz"), let sign = reader.sign() {
                guard let hour = reader.digits(2), hour < 24 else { return nil }
                _ = reader.take(":")
                guard let minute = reader.digits(2), minute < 60 else { return nil }
                seconds -= Int64(sign * (hour * 3600 + minute * 60))
            }
        }
        guard reader.isAtEnd else { return nil }
        self.init(microsecondsSinceEpoch: seconds * 1_000_000 + Int64(microseconds))
    }

    /// The instant in UTC, with microseconds only if they are not zero: `2024-01-02T03:04:05Z`.
    var iso: String {
        let microsecondOfDay = microsecondsSinceEpoch.modulo(Self.microsecondsOfDay)
        let days = (microsecondsSinceEpoch - microsecondOfDay) / Self.microsecondsOfDay
        let (year, month, day) = Self.date(daysSinceEpoch: days)
        let second = Int(microsecondOfDay / 1_000_000)
        let microsecond = Int(microsecondOfDay % 1_000_000)
        var text = ""
        append(year, digits: 4, to: &text)
        text += "-"
        append(month, digits: 2, to: &text)
        text += "-"
        append(day, digits: 2, to: &text)
        text += "T"
        append(second / 3600, digits: 2, to: &text)
        text += ":"
        append(second / 60 % 60, digits: 2, to: &text)
        text += ":"
        append(second % 60, digits: 2, to: &text)
        if microsecond != 0 {
            text += "."
            append(microsecond, digits: 6, to: &text)
        }
        return text + "Z"
    }

    // MARK: Calendar

    private static func days(ofMonth month: Int, year: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days of the proleptic Gregorian calendar, counted in years that start in March so that the leap day comes last.
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return Int64(era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    }

    private static func date(daysSinceEpoch days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = Int(days) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let place = (5 * dayOfYear + 2) / 153
        let month = place < 10 ? place + 3 : place - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * place + 2) / 5 + 1)
    }
}

extension Int64 {
    fileprivate func modulo(_ divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}

extension DateTimeValue {
    /// Reads an instant in any form in which Python's `datetime` may come.
    init(from decoder: JSONFragmentDecoder) throws {
        var found: DateTimeValue?
        if let text = decoder.fragment.stringValue() {
            found = DateTimeValue(iso: text)
            if found == nil, decoder.conversion == .lax { found = DateTimeValue(unixText: text) }
        } else if decoder.kind == .number, decoder.conversion == .lax {
            found = decoder.fragment.doubleValue(.strict).flatMap(DateTimeValue.init(unixTime:))
        }
        guard let found else {
            throw decoder.mismatch("a date and time such as 2024-01-02T03:04:05Z", DateTimeValue.self)
        }
        self = found
    }
}
