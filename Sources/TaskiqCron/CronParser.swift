// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads the text of a cron expression.
struct CronParser {
    private let text: String
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    static let lengthLimit = 256

    /// The meaning of a text.
    ///
    /// - Parameter text: The expression.
    /// - Returns: Its fields.
    /// - Throws: ``CronError`` for the first thing that is wrong.
    static func parse(_ text: String) throws(CronError) -> CronFields {
        var text = text
        let original = text
        // The closure returns a result because `withUTF8` would forget the type of an error.
        let result = text.withUTF8 { bytes in
            Result { () throws(CronError) in
                var parser = CronParser(text: original, bytes: bytes)
                return try parser.parse()
            }
        }
        return try result.get()
    }

    private init(text: String, bytes: UnsafeBufferPointer<UInt8>) {
        self.text = text
        self.bytes = bytes
    }

    private mutating func parse() throws(CronError) -> CronFields {
        guard bytes.count <= Self.lengthLimit else {
            throw failure(.tooLong, "it is longer than \(Self.lengthLimit) characters")
        }
        skipBlanks()
        guard let first = peek else {
            throw failure(.empty, "it is empty, expected five fields such as 0 9 * * MON-FRI")
        }
        if first == UInt8(ascii: "@") { return try nickname() }
        try refuseZonePrefix()
        try checkFieldCount()

        let minute = try field(.minute)
        let hour = try field(.hour)
        let dayOfMonthStart = position
        let dayOfMonth = try field(.dayOfMonth)
        let month = try field(.month)
        let dayOfWeek = try field(.dayOfWeek)

        var flags: CronFields.Flags = []
        if minute.isStar || hour.isStar { flags.insert(.wildcardTime) }
        if !dayOfMonth.isStar && !dayOfWeek.isStar { flags.insert(.eitherDay) }
        let fields = CronFields(
            minutes: minute.bits,
            hours: UInt32(truncatingIfNeeded: hour.bits),
            daysOfMonth: UInt32(truncatingIfNeeded: dayOfMonth.bits),
            months: UInt16(truncatingIfNeeded: month.bits),
            weekdays: UInt8(truncatingIfNeeded: dayOfWeek.bits),
            flags: flags
        )
        // Days up to the 28th exist in every month and meet every weekday, so only the others need a closer look.
        guard dayOfMonth.bits & 0x1FFF_FFFE != 0 || fields.canFire else {
            let end = endOfWord(from: dayOfMonthStart)
            throw failure(
                .neverFires,
                "it would never fire, because none of the months has such a day",
                field: .dayOfMonth,
                dayOfMonthStart..<end
            )
        }
        return fields
    }

    // MARK: The whole

    private mutating func nickname() throws(CronError) -> CronFields {
        let start = position
        var end = bytes.count
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        let word = string(start..<end).lowercased()
        switch word {
        case "@hourly": return .everyHour
        case "@daily", "@midnight": return .everyDay
        case "@weekly": return .everyWeek
        case "@monthly": return .everyMonth
        case "@yearly", "@annually": return .everyYear
        default: break
        }
        if word == "@reboot" || word == "@every" || word.hasPrefix("@every ") {
            throw failure(.unsupported, "\(word.split(separator: " ")[0]) is not supported", start..<end)
        }
        throw failure(
            .unknownNickname,
            "\"\(string(start..<end))\" is not a nickname",
            start..<end,
            allowed: Self.nicknames.joined(separator: ", "),
            suggestion: EditDistance.nearest(to: word, among: Self.nicknames)
        )
    }

    private static let nicknames = ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"]

    private func refuseZonePrefix() throws(CronError) {
        let end = endOfWord(from: position)
        let word = string(position..<min(end, position + 8))
        if word == "CRON_TZ=" || word.hasPrefix("TZ=") {
            throw failure(
                .unsupported,
                "a zone in the expression is not supported, give it beside the expression",
                position..<end
            )
        }
    }

    private func checkFieldCount() throws(CronError) {
        var count = 0
        var fourthEnd = bytes.count
        var index = position
        while index < bytes.count {
            let end = endOfWord(from: index)
            count += 1
            if count == 5 { fourthEnd = end }
            index = end
            while index < bytes.count, isBlank(bytes[index]) { index += 1 }
        }
        switch count {
        case 5: return
        case 6, 7:
            var start = fourthEnd
            while isBlank(bytes[start]) { start += 1 }
            throw failure(
                .unsupported,
                "\(count) fields, with seconds or years, are not supported; the five fields are minute, hour, "
                    + "day of month, month and day of week",
                start..<endOfWord(from: start)
            )
        default:
            throw failure(
                .fieldCount,
                "it has \(count) field\(count == 1 ? "" : "s"), expected five: minute, hour, day of month, month and "
                    + "day of week"
            )
        }
    }

    // MARK: A field

    private mutating func field(_ field: CronField) throws(CronError) -> (bits: UInt64, isStar: Bool) {
        defer { skipBlanks() }
        let start = position
        let isStar = peek == UInt8(ascii: "*")
        if peek == UInt8(ascii: "?") {
            try questionMark(field)
            return (Self.bits(from: field.minimum, through: field.starMaximum, step: 1, in: field), true)
        }
        if peek == UInt8(ascii: "+"), field == .dayOfWeek, position + 1 < endOfWord(from: start) {
            throw failure(.unsupported, "+ is not supported", field: field, start..<endOfWord(from: start))
        }
        var bits: UInt64 = 0
        while true {
            bits |= try element(field)
            guard peek == UInt8(ascii: ",") else { break }
            position += 1
        }
        return (bits, isStar)
    }

    private mutating func questionMark(_ field: CronField) throws(CronError) {
        let end = endOfWord(from: position)
        guard field == .dayOfMonth || field == .dayOfWeek else {
            throw failure(
                .syntax,
                "? is possible only in the day of month and the day of week",
                field: field,
                position..<end,
                suggestion: "*"
            )
        }
        guard end == position + 1 else {
            throw failure(.syntax, "? must stand alone", field: field, position..<end, suggestion: "*")
        }
        position = end
    }

    private mutating func element(_ field: CronField) throws(CronError) -> UInt64 {
        let start = position
        var first = field.minimum
        var last = field.starMaximum
        var isSingle = false
        if peek == UInt8(ascii: "*") {
            position += 1
        } else {
            first = try value(field)
            if peek == UInt8(ascii: "-") {
                position += 1
                last = try value(field)
                if last < first { last += field.cycle }
            } else {
                last = first
                isSingle = true
            }
        }
        var step = 1
        if peek == UInt8(ascii: "/") {
            position += 1
            step = try self.step(field)
            if isSingle { last = field.maximum }
        }
        if let byte = peek, !isBlank(byte), byte != UInt8(ascii: ",") {
            throw unexpected(field, elementStart: start)
        }
        return Self.bits(from: first, through: last, step: step, in: field)
    }

    private static func bits(from first: Int, through last: Int, step: Int, in field: CronField) -> UInt64 {
        let highest = field.starMaximum
        if step == 1, last <= highest {
            return (UInt64.max >> UInt64(63 - (last - first))) << UInt64(first)
        }
        var bits: UInt64 = 0
        for value in stride(from: first, through: last, by: step) {
            bits |= 1 << UInt64(value > highest ? value - field.cycle : value)
        }
        return bits
    }

    private mutating func step(_ field: CronField) throws(CronError) -> Int {
        let start = position
        guard let number = number() else {
            throw failure(
                .syntax,
                "expected a step, a number, after /",
                field: field,
                start..<endOfElement(from: start)
            )
        }
        guard number > 0 else {
            throw failure(.zeroStep, "a step is at least 1", field: field, start..<position)
        }
        return number
    }

    /// A number or a name.
    private mutating func value(_ field: CronField) throws(CronError) -> Int {
        let start = position
        if let number = number() {
            guard number >= field.minimum, number <= field.maximum else {
                // An hour of 24 or a minute of 60 is the 0 of the next one.
                throw failure(
                    .outOfRange,
                    "\"\(string(start..<position))\" is not a \(field.name)",
                    field: field,
                    start..<position,
                    allowed: field.allowed,
                    suggestion: field.minimum == 0 && number == field.cycle ? "0" : nil
                )
            }
            return number
        }
        while let byte = peek, isLetter(byte) { position += 1 }
        if position - start == 3, let value = namedValue(at: start, in: field) { return value }
        throw unknownWord(field, start..<position)
    }

    /// The digits from here on, or nil if there are none; a number that no field or step could use ends as a large one.
    private mutating func number() -> Int? {
        guard let first = peek, isDigit(first) else { return nil }
        var number = 0
        while let byte = peek, isDigit(byte) {
            number = min(number * 10 + Int(byte - 0x30), 1_000_000)
            position += 1
        }
        return number
    }

    private func namedValue(at start: Int, in field: CronField) -> Int? {
        for (index, name) in field.valueNames.enumerated() {
            // Setting the bit 0x20 turns an upper case letter into a lower case one.
            if zip(name.utf8, bytes[start...]).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) { return field.minimum + index }
        }
        return nil
    }

    // MARK: Errors

    /// The error for a word that is not a name of the field; an empty range stands for no word at all.
    private func unknownWord(_ field: CronField, _ range: Range<Int>) -> CronError {
        let elementRange = range.lowerBound..<endOfElement(from: range.lowerBound)
        let word = string(range)
        if isOfOtherDialect(word, in: field, next: range.upperBound) {
            return failure(
                .unsupported,
                "\"\(string(elementRange))\" is not supported",
                field: field,
                elementRange
            )
        }
        if range.isEmpty {
            let reason =
                elementRange.isEmpty
                ? "expected a value" : "expected a value instead of \"\(string(elementRange))\""
            return failure(.syntax, reason, field: field, elementRange, allowed: field.allowed)
        }
        let kind = field.valueNames.isEmpty ? "a \(field.name)" : "the name of a \(field.name)"
        return failure(
            .unknownName,
            "\"\(word)\" is not \(kind)",
            field: field,
            range,
            allowed: field.allowed,
            suggestion: field.suggestion(for: word)
        )
    }

    /// The error for what follows a complete element.
    private func unexpected(_ field: CronField, elementStart: Int) -> CronError {
        let rest = position..<endOfElement(from: position)
        let element = elementStart..<rest.upperBound
        let next = bytes[position] & 0xDF
        let isWeekdaySuffix = field == .dayOfWeek && (next == UInt8(ascii: "L") || bytes[position] == UInt8(ascii: "#"))
        let isDaySuffix = field == .dayOfMonth && next == UInt8(ascii: "W")
        if isWeekdaySuffix || isDaySuffix {
            return failure(.unsupported, "\"\(string(element))\" is not supported", field: field, element)
        }
        return failure(
            .syntax,
            "unexpected \"\(string(rest))\" after \"\(string(elementStart..<position))\"",
            field: field,
            rest
        )
    }

    /// Whether a word begins a value of Quartz's or Jenkins' dialects: `L`, `LW`, `L-3`, `FRIL`, `H`, `H(1-5)`.
    private func isOfOtherDialect(_ word: String, in field: CronField, next: Int) -> Bool {
        let word = word.uppercased()
        if word == "H" { return true }
        switch field {
        case .dayOfMonth: return word == "L" || word == "LW"
        case .dayOfWeek: return word == "L" || word.count == 4 && word.last == "L" && isWeekdayName(word.prefix(3))
        default: return false
        }
    }

    private func isWeekdayName(_ word: Substring) -> Bool {
        CronField.dayOfWeek.valueNames.contains { $0 == word }
    }

    private func failure(
        _ code: CronError.Code,
        _ reason: String,
        field: CronField? = nil,
        _ range: Range<Int>? = nil,
        allowed: String? = nil,
        suggestion: String? = nil
    ) -> CronError {
        CronError(
            code: code,
            expression: text.clipped(to: Self.lengthLimit),
            field: field?.name,
            column: range.map { string(0..<$0.lowerBound).count + 1 },
            offendingText: range.map { string($0) },
            reason: reason,
            allowed: allowed,
            suggestion: suggestion
        )
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    }

    private func endOfWord(from start: Int) -> Int {
        var end = start
        while end < bytes.count, !isBlank(bytes[end]) { end += 1 }
        return end
    }

    private func endOfElement(from start: Int) -> Int {
        var end = start
        while end < bytes.count, !isBlank(bytes[end]), bytes[end] != UInt8(ascii: ",") { end += 1 }
        return end
    }

    private func string(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
