// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Why a text is not a usable cron expression.
public struct CronError: Error, Hashable, Sendable {
    /// The kind of error.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        /// The text has no characters besides spaces.
        public static let empty = Code(description: "empty")
        /// The text is longer than 256 characters.
        public static let tooLong = Code(description: "tooLong")
        /// There are too few or too many fields.
        public static let fieldCount = Code(description: "fieldCount")
        /// A field is not built as it must be.
        public static let syntax = Code(description: "syntax")
        /// A word is not the name of a value of the field.
        public static let unknownName = Code(description: "unknownName")
        /// A number is not a value of the field.
        public static let outOfRange = Code(description: "outOfRange")
        /// A step is zero.
        public static let zeroStep = Code(description: "zeroStep")
        /// A word after `@` is not a nickname.
        public static let unknownNickname = Code(description: "unknownNickname")
        /// A word after `CRON_TZ=` or `TZ=` is not a zone that can be had.
        public static let unknownZone = Code(description: "unknownZone")
        /// What follows `@every` is not an interval.
        public static let badInterval = Code(description: "badInterval")
        /// The expression is well formed, but no month has a day that it matches.
        public static let neverFires = Code(description: "neverFires")
        /// The expression uses a notation that the dialect does not have, or that its user cannot serve.
        public static let unsupported = Code(description: "unsupported")
    }

    /// The kind of error.
    public let code: Code
    /// The expression, cut if it is long.
    public let expression: String
    /// The name of the field, such as "day of week"; nil if the error is not about one field.
    public let field: String?
    /// The column of the offending text, counted from 1; nil if the error is about the whole expression.
    public let column: Int?
    /// The part of the expression that is wrong; nil if the error is about the whole expression.
    public let offendingText: String?
    /// What is wrong.
    public let reason: String
    /// The values allowed there, such as "0-7 or SUN-SAT".
    public let allowed: String?
    /// What was perhaps meant.
    public let suggestion: String?
}

extension CronError: CustomStringConvertible {
    /// One sentence that names the expression, the place, the reason, what is allowed and what may have been meant.
    public var description: String {
        var text = "cron expression \"\(expression)\": "
        if let field { text += field }
        if let column { text += field == nil ? "column \(column)" : " (column \(column))" }
        if field != nil || column != nil { text += ": " }
        text += reason
        if let allowed { text += ", allowed is \(allowed)" }
        if let suggestion { text += "; did you mean \(suggestion)?" }
        return text
    }
}
