// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Something about a well-formed cron expression that people often do not mean.
public struct CronWarning: Hashable, Sendable {
    /// The kind of warning.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        /// Day of month and day of week are both given: one of them is enough.
        public static let eitherDay = Code(description: "eitherDay")
        /// A day field with `*/n` beside the other one: both must match.
        public static let steppedStar = Code(description: "steppedStar")
        /// A step through the days begins anew in every month.
        public static let daysRestart = Code(description: "daysRestart")
        /// A step does not divide its field, so the last distance is shorter.
        public static let unevenStep = Code(description: "unevenStep")
        /// A step is larger than its field, so only the first value is left.
        public static let largeStep = Code(description: "largeStep")
        /// A step through the weekdays from a value goes on to 7, Sunday.
        public static let weekdayStep = Code(description: "weekdayStep")
        /// The days do not exist in every month.
        public static let shortMonths = Code(description: "shortMonths")
        /// An interval of less than a second is taken as one second.
        public static let shortInterval = Code(description: "shortInterval")
        /// Clocks will skip a time.
        public static let skippedTime = Code(description: "skippedTime")
        /// Clocks will show a time twice.
        public static let repeatedTime = Code(description: "repeatedTime")
    }

    /// The kind of warning.
    public let code: Code
    /// The name of the field, such as "day of week"; nil if the warning is not about one field.
    public let field: String?
    /// The column of what it is about, counted from 1; nil if it is about the whole expression.
    public let column: Int?
    /// What it is about; nil if it is about the whole expression.
    public let text: String?
    /// What happens, and what to write instead if something else is meant.
    public let message: String
}

extension CronWarning: CustomStringConvertible {
    /// The place and the message.
    public var description: String {
        var prefix = field ?? ""
        if let column { prefix += field == nil ? "column \(column)" : " (column \(column))" }
        return prefix.isEmpty ? message : "\(prefix): \(message)"
    }
}
