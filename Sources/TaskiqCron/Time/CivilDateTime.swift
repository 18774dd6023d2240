// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A local date and time of day as a wall clock shows it, without a zone.
///
/// Use ``Zone/instants(of:)`` to find the instants at which a zone's clocks show it, and ``Zone/civil(at:)`` for the
/// way back.
public struct CivilDateTime: Hashable, Sendable {
    /// The year, 1 to 9999.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, 1 to 31.
    public let day: Int
    /// The hour, 0 to 23.
    public let hour: Int
    /// The minute, 0 to 59.
    public let minute: Int
    /// The second, 0 to 59.
    public let second: Int

    /// Creates a local time, or nil if there is no such date or time of day in the years 1 to 9999.
    public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= CivilDate.length(ofMonth: month, year: year),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// Creates a local time from seconds since 1970-01-01T00:00:00 on the same wall clock.
    init(localSeconds: Int) {
        let dayNumber = localSeconds.flooredQuotient(by: 86_400)
        let secondOfDay = localSeconds - dayNumber * 86_400
        let date = CivilDate(dayNumber: dayNumber)
        year = date.year
        month = date.month
        day = date.day
        hour = secondOfDay / 3_600
        minute = secondOfDay / 60 % 60
        second = secondOfDay % 60
    }

    /// Seconds since 1970-01-01T00:00:00 on the same wall clock.
    var localSeconds: Int {
        CivilDate.dayNumber(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second
    }

    /// The day of the week, 0 for Sunday to 6 for Saturday.
    public var weekday: Int {
        CivilDate.weekday(ofDayNumber: CivilDate.dayNumber(year: year, month: month, day: day))
    }
}

extension CivilDateTime: Comparable {
    /// Orders local times as one wall clock without jumps would show them.
    public static func < (first: Self, second: Self) -> Bool {
        first.localSeconds < second.localSeconds
    }
}

extension CivilDateTime: CustomStringConvertible {
    /// The local time as `2026-11-22T17:55:48`.
    public var description: String {
        var text = DateTimeText()
        text.append(self)
        return text.string
    }
}

extension Int {
    /// The quotient rounded towards negative infinity.
    @inline(__always)
    func flooredQuotient(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
