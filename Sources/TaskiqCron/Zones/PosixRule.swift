// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The rule of a zone's last years in the notation of POSIX `TZ`, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// The footer of a zone file has one (RFC 9636 §3.3), with hours of -167 to 167 as the only extension.
struct PosixRule: Hashable, Sendable {
    /// A day of the year and a time of that day at which the offset changes.
    struct Change: Hashable, Sendable {
        enum Day: Hashable, Sendable {
            /// `Jn`: 1 to 365, the 29 February is never counted.
            case julian(Int)
            /// `n`: 0 to 365, the 29 February is counted in leap years.
            case ordinal(Int)
            /// `Mm.w.d`: the w-th weekday d (0 for Sunday) of month m; week 5 is the last one.
            case weekday(month: Int, week: Int, weekday: Int)
        }

        var day: Day
        /// Seconds after local midnight, possibly negative or more than a day.
        var time: Int

        /// The local time of the change in a year, in seconds.
        func localSeconds(in year: Int) -> Int {
            let dayNumber: Int
            switch day {
            case .julian(let day):
                let isAfterLeapDay = CivilDate.isLeapYear(year) && day >= 60
                dayNumber = CivilDate.dayNumber(year: year, month: 1, day: 1) + day - 1 + (isAfterLeapDay ? 1 : 0)
            case .ordinal(let day):
                dayNumber = CivilDate.dayNumber(year: year, month: 1, day: 1) + day
            case .weekday(let month, let week, let weekday):
                let first = CivilDate.dayNumber(year: year, month: month, day: 1)
                let firstMatch = (weekday - CivilDate.weekday(ofDayNumber: first) + 7) % 7
                var day = firstMatch + (week - 1) * 7
                if day >= CivilDate.length(ofMonth: month, year: year) { day -= 7 }
                dayNumber = first + day
            }
            return dayNumber * 86_400 + time
        }
    }

    /// The yearly alternation between standard and daylight saving time.
    struct Alternation: Hashable, Sendable {
        var standardOffset: Int
        var daylightOffset: Int
        /// When daylight saving time starts, in standard time.
        var start: Change
        /// When daylight saving time ends, in daylight saving time.
        var end: Change

        /// The two transitions of a year in ascending order.
        func transitions(in year: Int) -> [(time: Int, offset: Int)] {
            let (first, second) = changes(in: year)
            return [first, second]
        }

        /// The span that an instant lies in, found from the transitions of the years around it.
        func span(at seconds: Int) -> ZoneSpan {
            let year = CivilDateTime(localSeconds: seconds).year
            var start = ZoneSpan.distantPast
            var end = ZoneSpan.distantFuture
            var offset = standardOffset
            for year in (year - 1)...(year + 1) {
                let (first, second) = changes(in: year)
                for change in [first, second] {
                    if change.time <= seconds {
                        start = change.time
                        offset = change.offset
                    } else {
                        end = min(end, change.time)
                    }
                }
            }
            let previous = offset == standardOffset ? daylightOffset : standardOffset
            return ZoneSpan(start: start, end: end, offset: offset, seenOffset: previous)
        }

        typealias OffsetChange = (time: Int, offset: Int)

        private func changes(in year: Int) -> (OffsetChange, OffsetChange) {
            let starting = (time: start.localSeconds(in: year) - standardOffset, offset: daylightOffset)
            let ending = (time: end.localSeconds(in: year) - daylightOffset, offset: standardOffset)
            return starting.time <= ending.time ? (starting, ending) : (ending, starting)
        }
    }

    /// Standard time's offset from UTC in seconds, east positive.
    let standardOffset: Int
    /// The alternation, or nil if there is one offset for ever.
    let alternation: Alternation?

    init(standardOffset: Int, alternation: Alternation? = nil) {
        // Daylight saving time that ends when it starts again is how a footer spells one offset all year round.
        if let alternation, alternation.lastsAllYear {
            self.standardOffset = alternation.daylightOffset
            self.alternation = nil
        } else if let alternation, alternation.standardOffset != alternation.daylightOffset {
            self.standardOffset = standardOffset
            self.alternation = alternation
        } else {
            self.standardOffset = standardOffset
            self.alternation = nil
        }
    }
}

extension PosixRule.Alternation {
    fileprivate var lastsAllYear: Bool {
        // A leap year, the year before and the year after it.
        (2_003...2_005).allSatisfy { year in
            end.localSeconds(in: year) - daylightOffset >= start.localSeconds(in: year + 1) - standardOffset
        }
    }
}
