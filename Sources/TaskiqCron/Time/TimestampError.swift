// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Why a text is not an RFC 3339 timestamp.
public struct TimestampError: Error, Hashable, Sendable {
    /// The kind of error.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        /// The text has not the form `2026-11-22T17:55:48Z`.
        public static let syntax = Code(description: "syntax")
        /// The form is right, but the calendar has no such date in the years 0001 to 9999.
        public static let noSuchDate = Code(description: "noSuchDate")
        /// The form is right, but there is no such time of day or offset.
        public static let noSuchTime = Code(description: "noSuchTime")
    }

    /// The kind of error.
    public let code: Code
    /// The text, cut if it is long.
    public let text: String
    /// The column of the first thing that is wrong, counted from 1.
    public let column: Int
    /// What is wrong, without the text.
    public let reason: String
}

extension TimestampError: CustomStringConvertible {
    /// One sentence that names the text, the column, the reason and the form that is read.
    public var description: String {
        "timestamp \"\(text)\", column \(column): \(reason); the form is 2026-11-22T17:55:48Z"
    }
}
