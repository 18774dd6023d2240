// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// One of the fields of a cron expression: what values it has and what they are called.
struct CronField: Hashable, Sendable {
    let name: String
    let minimum: Int
    /// The largest value that may be written; in the day of week 7 is another name for Sunday.
    let maximum: Int
    /// After how many values a range that wraps around starts again.
    let cycle: Int
    /// The names of the values from ``minimum`` on, three letters each in upper case.
    let valueNames: [String]

    static let minute = CronField(name: "minute", minimum: 0, maximum: 59, cycle: 60, valueNames: [])
    static let hour = CronField(name: "hour", minimum: 0, maximum: 23, cycle: 24, valueNames: [])
    static let dayOfMonth = CronField(name: "day of month", minimum: 1, maximum: 31, cycle: 31, valueNames: [])
    static let month = CronField(
        name: "month",
        minimum: 1,
        maximum: 12,
        cycle: 12,
        valueNames: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    )
    static let dayOfWeek = CronField(
        name: "day of week",
        minimum: 0,
        maximum: 7,
        cycle: 7,
        valueNames: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
    )

    /// The largest value of `*`.
    var starMaximum: Int { minimum + cycle - 1 }

    /// The allowed values for people.
    var allowed: String {
        guard let first = valueNames.first, let last = valueNames.last else { return "\(minimum)-\(maximum)" }
        return "\(minimum)-\(maximum) or \(first)-\(last)"
    }

    /// The name that was probably meant by a word.
    func suggestion(for word: String) -> String? {
        guard !valueNames.isEmpty else { return nil }
        let fullNames = self == .month ? Self.fullMonthNames : Self.fullWeekdayNames
        let meant = EditDistance.nearest(to: word, among: fullNames + valueNames)
        return meant.map { String($0.prefix(3)) }
    }

    private static let fullMonthNames = [
        "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER",
        "DECEMBER",
    ]
    private static let fullWeekdayNames = [
        "SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY",
    ]
}
