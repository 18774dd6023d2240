// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// When a job fires, in the notation of crontab: `0 9 * * MON-FRI`.
///
/// The five fields are minute, hour, day of month, month and day of week, separated by spaces or tabs. A field is a
/// list, separated by commas, of `*`, values, ranges `a-b` and steps `*/n`, `a-b/n` and `a/n` (from a to the end).
/// Ranges may wrap around (`FRI-MON`, `22-2`). Months and weekdays have names of three letters in any case; Sunday is 0
/// and 7. `?` stands for `*` in the two day fields. `@yearly`, `@annually`, `@monthly`, `@weekly`, `@daily`, `@midnight`
/// and `@hourly` are short for the usual expressions.
///
/// A day must match the day of month and the day of week, except if neither field starts with `*` or `?`: then one of
/// them is enough, as in crontab(5).
///
/// At jumps of the clock an expression behaves as in Debian's cron daemon. If its minute or hour starts with `*` it
/// fires at every instant whose local time matches. Any other expression fires once for every matching local time: a
/// time that clocks skip fires at the first instant after the gap (unless the gap is three hours or more), a time that
/// they repeat fires the first time only.
public struct CronExpression: Sendable, Hashable {
    private let text: String
    let fields: CronFields

    /// Creates an expression from its text.
    ///
    /// - Parameter text: At most 256 characters.
    /// - Throws: ``CronError`` that says where the text is wrong, or that the expression would never fire.
    public init(_ text: String) throws(CronError) {
        fields = try CronParser.parse(text)
        self.text = text
    }

    /// The first instant later than another one at which the expression fires.
    ///
    /// - Parameters:
    ///   - timestamp: The instant to start from; it is never the result itself.
    ///   - zone: The zone whose clocks the fields speak of.
    /// - Returns: The instant, a whole second; nil only if it would lie after the year 2199.
    public func next(after timestamp: Timestamp, in zone: Zone) -> Timestamp? {
        guard let seconds = fields.next(after: Int(timestamp.secondsSinceEpoch), in: zone.rules) else { return nil }
        return Timestamp(secondsSinceEpoch: Int64(seconds))
    }

    /// Whether the expression fires in the second that an instant lies in.
    ///
    /// - Parameters:
    ///   - timestamp: The instant; its milliseconds do not matter.
    ///   - zone: The zone whose clocks the fields speak of.
    /// - Returns: Exactly whether ``next(after:in:)`` yields that second for the instant just before it.
    public func matches(_ timestamp: Timestamp, in zone: Zone) -> Bool {
        let seconds = Int(timestamp.secondsSinceEpoch)
        return fields.next(after: seconds - 1, in: zone.rules) == seconds
    }

    /// The instants later than another one at which the expression fires, in order, computed as they are asked for.
    ///
    /// - Parameters:
    ///   - timestamp: The instant to start from; it does not belong to the sequence.
    ///   - zone: The zone whose clocks the fields speak of.
    /// - Returns: A sequence that goes on to the year 2199; use `prefix` or a loop with a condition.
    public func occurrences(after timestamp: Timestamp, in zone: Zone) -> CronOccurrences {
        CronOccurrences(expression: self, zone: zone, last: timestamp)
    }
}

extension CronExpression: CustomStringConvertible {
    /// The text as it was given.
    public var description: String { text }
}
