// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronParser {
    func empty() -> CronError {
        failure(.empty, "it is empty, expected five fields such as 0 9 * * MON-FRI")
    }

    func checkFieldCount() throws(CronError) {
        let feature: CronDialect.Features
        switch fieldCount {
        case 5: feature = .fiveFields
        case 6: feature = .sixFields
        case 7: feature = .sevenFields
        default:
            throw failure(
                .fieldCount,
                "it has \(fieldCount) field\(fieldCount == 1 ? "" : "s"), expected \(expectedFields)"
            )
        }
        guard !features.contains(feature) else { return }
        throw failure(
            .unsupported,
            "\(fieldCount) fields are not part of the \(dialect) dialect, expected \(expectedFields)"
        )
    }

    private var expectedFields: String {
        let five = "five: minute, hour, day of month, month and day of week"
        if !features.contains(.sixFields) { return five }
        if !features.contains(.fiveFields) {
            return "six: second, minute, hour, day of month, month and day of week; a year may follow"
        }
        return five + "; six have seconds first, seven a year last"
    }

    func misplacedQuestionMark(_ field: CronField) -> CronError {
        failure(
            .syntax,
            "? is possible only in the day of month and the day of week",
            field: field,
            position..<endOfWord(from: position),
            suggestion: "*"
        )
    }

    /// The error for a number, which ends here.
    func outOfRange(_ field: CronField, _ number: Int, _ start: Int) -> CronError {
        var reason = "\"\(string(start..<position))\" is not a \(field.name)"
        // An hour of 24 or a minute of 60 is the 0 of the next one.
        var suggestion = field.minimum == 0 && number == field.cycle ? "0" : nil
        if field.kind == .dayOfWeek, fieldCount == 6 {
            reason += "; six fields have the seconds first"
            if (YearSet.first...YearSet.last).contains(number) {
                reason += ", with a year there are seven"
                suggestion = "0 " + string(0..<bytes.count)
            }
        }
        return failure(
            .outOfRange,
            reason,
            field: field,
            start..<position,
            allowed: field.allowed,
            suggestion: suggestion
        )
    }

    /// The error for a word that is not a name of the field; an empty range stands for no word at all.
    func unknownWord(_ field: CronField, _ range: Range<Int>) -> CronError {
        let elementRange = range.lowerBound..<endOfElement(from: range.lowerBound)
        let word = string(range)
        if range.isEmpty {
            let reason =
                elementRange.isEmpty
                ? "expected a value" : "expected a value instead of \"\(string(elementRange))\""
            return failure(.syntax, reason, field: field, elementRange, allowed: field.allowed)
        }
        let hasNames = field.kind == .month || field.kind == .dayOfWeek
        let kind = hasNames ? "the name of a \(field.name)" : "a \(field.name)"
        return failure(
            .unknownName,
            "\"\(word)\" is not \(kind)",
            field: field,
            range,
            allowed: field.allowed,
            suggestion: suggestion(for: word, in: field)
        )
    }

    private func suggestion(for word: String, in field: CronField) -> String? {
        if word.uppercased() == "L", field.kind == .dayOfWeek { return "FRIL, the last Friday, or 6" }
        return field.suggestion(for: word)
    }

    /// The error for what follows a complete element.
    func unexpected(_ field: CronField, elementStart: Int) -> CronError {
        let rest = position..<endOfElement(from: position)
        return failure(
            .syntax,
            "unexpected \"\(string(rest))\" after \"\(string(elementStart..<position))\"",
            field: field,
            rest
        )
    }

    /// The error for an expression that is well formed but has no day in any year.
    ///
    /// - Parameters:
    ///   - bytes: The text of the expression.
    ///   - dialect: The dialect that it was read in.
    /// - Returns: The error, with the place of what never happens.
    static func neverFires(_ bytes: UnsafeBufferPointer<UInt8>, dialect: CronDialect) -> CronError {
        var parser = CronParser(bytes, dialect: dialect, seed: "")
        parser.elements = []
        try? parser.parse()
        let elements = parser.elements ?? []
        // The day of month is what nearly always is wrong; else the weekday is, or no year is left.
        let field =
            [CronField.Kind.dayOfMonth, .dayOfWeek, .year].first { kind in
                elements.contains { $0.field.kind == kind && ($0.value != .all || $0.step > 1) }
            } ?? .dayOfMonth
        let own = elements.filter { $0.field.kind == field }
        let range = (own.first?.range.lowerBound ?? 0)..<(own.last?.range.upperBound ?? bytes.count)
        return parser.failure(
            .neverFires,
            parser.meaning.years == nil || !elements.contains { $0.field.kind == .year }
                ? "it would never fire, because none of the months has such a day"
                : "it would never fire, because none of the months has such a day in any of the years",
            field: own.first?.field,
            range
        )
    }

    func failure(
        _ code: CronError.Code,
        _ reason: String,
        field: CronField? = nil,
        _ range: Range<Int>? = nil,
        allowed: String? = nil,
        suggestion: String? = nil
    ) -> CronError {
        CronError(
            code: code,
            expression: string(0..<bytes.count).clipped(to: Self.lengthLimit),
            field: field?.name,
            column: range.map { string(0..<$0.lowerBound).count + 1 },
            offendingText: range.map { string($0) },
            reason: reason,
            allowed: allowed,
            suggestion: suggestion
        )
    }
}
