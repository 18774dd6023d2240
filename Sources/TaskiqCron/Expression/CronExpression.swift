// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// When a job fires, in the notation of crontab: `0 9 * * MON-FRI`.
///
/// The five fields are minute, hour, day of month, month and day of week, separated by spaces or tabs. Six fields have
/// seconds in front, seven also a year (1970-2199) at the end. A field is a list, separated by commas, of `*`, values,
/// ranges `a-b` and steps `*/n`, `a-b/n` and `a/n` (from a to the end). Ranges may wrap around (`FRI-MON`, `22-2`).
/// Months and weekdays have names of three letters in any case; Sunday is 0 and 7.
///
/// The day of month has `L` (the last day), `L-3`, `15W` (the weekday nearest to the 15th), `LW` and `L-3W`; the day of
/// week has `MON#2` (the second Monday), `FRIL` and `FRI#L` (the last Friday). `?` stands for `*` in both. `H` is a value
/// that the seed chooses, also `H/15` and `H(0-29)`. `@yearly`, `@annually`, `@monthly`, `@weekly`, `@daily`,
/// `@midnight` and `@hourly` are short for the usual expressions, `@every 1h30m` is an interval and `@reboot` the start of
/// the scheduler. `CRON_TZ=Europe/Berlin` or `TZ=Europe/Berlin` in front chooses the zone.
///
/// A day must match the day of month and the day of week, except if neither field starts with `*` or `?`: then one of
/// them is enough, as in crontab(5). A `+` in front of the day of week asks for both again.
///
/// At jumps of the clock an expression behaves as in Debian's cron daemon. If its second, minute or hour starts with `*`
/// it fires at every instant whose local time matches. Any other expression fires once for every matching local time: a
/// time that clocks skip fires at the first instant after the gap (unless the gap is three hours or more), a time that
/// they repeat fires the first time only. A ``TransitionPolicy`` chooses otherwise.
///
/// An expression is one reference to immutable storage, and equal expressions share theirs.
public struct CronExpression: @unchecked Sendable {
    // Immutable from its creation on, which the superclass cannot tell the compiler.
    let storage: CronStorage

    /// Creates an expression from its text.
    ///
    /// An expression that never fires, such as `0 0 30 2 *`, is well formed and created; see ``checkFires()``.
    ///
    /// - Parameters:
    ///   - text: At most 256 bytes.
    ///   - dialect: Which notations there are.
    ///   - seed: What `H` is derived from, such as the identifier of the schedule: the same seed gives the same values
    ///     everywhere and in every version. Without one, all expressions of a text have the same values.
    /// - Throws: ``CronError`` that says where the text is wrong.
    public init(_ text: String, dialect: CronDialect = .standard, seed: String? = nil) throws(CronError) {
        var text = text
        // The closure returns a result because `withUTF8` would forget the type of an error.
        let result = text.withUTF8 { bytes in
            Result { () throws(CronError) in try Self.expression(bytes, dialect, seed) }
        }
        self = try result.get()
    }

    init(storage: CronStorage) {
        self.storage = storage
    }

    private static func expression(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ dialect: CronDialect,
        _ seed: String?
    ) throws(CronError) -> CronExpression {
        let hash = CronTable.hash(bytes, dialect)
        // Values of H depend on the seed, so an expression with both stays alone.
        let isShared = seed == nil || !bytes.contains { $0 | 0x20 == UInt8(ascii: "h") }
        if isShared, let expression = CronTable.shared.find(bytes, dialect, hash: hash) { return expression }
        var parser = CronParser(bytes, dialect: dialect, seed: seed ?? "")
        try parser.parse()
        let storage = CronStorage.make(parser.meaning, text: bytes, dialect: dialect)
        // A zone's data may change, so an expression that names one is read again each time.
        guard isShared, parser.meaning.zone == nil else { return CronExpression(storage: storage) }
        return CronTable.shared.insert(storage, bytes, dialect, hash: hash)
    }

    /// The expression with the values of `H` chosen by a seed; the same expression if it has no `H`.
    public func seeded(by seed: String) -> CronExpression {
        guard storage.withText({ $0.contains { $0 | 0x20 == UInt8(ascii: "h") } }) else { return self }
        guard let seeded = try? CronExpression(description, dialect: dialect, seed: seed) else { return self }
        return seeded
    }
}

extension CronExpression: Hashable {
    /// Expressions are equal if they have the same text, dialect and meaning.
    public static func == (first: CronExpression, second: CronExpression) -> Bool {
        first.storage.isEqual(to: second.storage)
    }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) {
        storage.withText { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension CronExpression: CustomStringConvertible {
    /// The text as it was given.
    public var description: String { storage.text }
}
