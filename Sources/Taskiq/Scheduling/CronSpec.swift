// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A cron expression by its fields: Python taskiq's `CronSpec`.
public struct CronSpec: Sendable, Hashable {
    /// One field: text, or a number.
    public struct Field: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        /// The field's text.
        public let text: String

        /// Takes text, for example `*/5`.
        public init(_ text: String) { self.text = text }

        /// Takes text, for example `*/5`.
        public init(stringLiteral value: String) { text = value }

        /// Takes a number.
        public init(integerLiteral value: Int) { text = value.description }
    }

    /// Minutes; nil stands for Python's `None`, which never matches.
    public var minutes: Field?
    /// Hours.
    public var hours: Field?
    /// Days of the month.
    public var days: Field?
    /// Months.
    public var months: Field?
    /// Days of the week.
    public var weekdays: Field?
    /// The time zone, or what is added to UTC; nil for UTC.
    public var offset: StoredSchedule.CronOffset?

    /// Makes an expression; each field matches everything unless it is given.
    ///
    /// - Parameters:
    ///   - minutes: minutes.
    ///   - hours: hours.
    ///   - days: days of the month.
    ///   - months: months.
    ///   - weekdays: days of the week.
    ///   - offset: the time zone, or what is added to UTC; nil for UTC.
    public init(
        minutes: Field? = "*",
        hours: Field? = "*",
        days: Field? = "*",
        months: Field? = "*",
        weekdays: Field? = "*",
        offset: StoredSchedule.CronOffset? = nil
    ) {
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.weekdays = weekdays
        self.offset = offset
    }

    /// The expression as text; as in Python, a field that is nil becomes `None`.
    ///
    /// - Returns: five fields with a space between them.
    public func toCron() -> String {
        [minutes, hours, days, months, weekdays].map { $0?.text ?? "None" }.joined(separator: " ")
    }
}
