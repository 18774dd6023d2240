// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronParser {
    /// Reads the day of month.
    ///
    /// - Returns: Whether the field leaves the day open.
    mutating func dayOfMonthField() throws(CronError) -> Bool {
        let field = CronField.dayOfMonth
        if try skipOpenDay(field) { return true }
        let start = position
        var bits: UInt64 = 0
        while true {
            let elementStart = position
            if peek | 0x20 == UInt8(ascii: "l") {
                try lastDay(field)
            } else {
                let added = try element(field)
                if single >= 0, peek | 0x20 == UInt8(ascii: "w") {
                    try nearestWeekday(field, elementStart)
                } else {
                    bits |= added
                }
            }
            guard isAtEndOfElement else { throw unexpected(field, elementStart: elementStart) }
            guard peek == UInt8(ascii: ",") else { break }
            position &+= 1
        }
        meaning.fields.daysOfMonth = UInt32(truncatingIfNeeded: bits)
        let isOpen = isOpenDay(start..<position)
        skipBlanks()
        return isOpen
    }

    /// Reads the day of week.
    ///
    /// - Returns: Whether the field leaves the day open, and whether it must match in any case.
    mutating func dayOfWeekField() throws(CronError) -> (isOpen: Bool, isAnd: Bool) {
        let field: CronField = features.contains(.weekdaysFromOne) ? .dayOfWeekFromOne : .dayOfWeek
        var isAnd = false
        if peek == UInt8(ascii: "+"), position + 1 < bytes.count, !Self.isBlank(bytes[position + 1]) {
            try require(.and, field, position..<endOfWord(from: position))
            isAnd = true
            position &+= 1
        }
        if !isAnd, try skipOpenDay(field) { return (true, false) }
        let start = position
        var bits: UInt64 = 0
        while true {
            let elementStart = position
            if peek | 0x20 == UInt8(ascii: "l"), features.contains(.lastIsSaturday), byte(at: position + 1) <= 0x20 {
                position &+= 1
                bits |= 1 << 7
                elements?.append(CronElement(field: field, value: .single(7), range: elementStart..<position))
            } else {
                let added = try element(field)
                if single >= 0, peek == UInt8(ascii: "#") {
                    try nthWeekday(field, elementStart)
                } else if single >= 0, peek | 0x20 == UInt8(ascii: "l") {
                    try requireSpecial(field, elementStart, letterAt: position)
                    position &+= 1
                    lastWeekday(field, elementStart)
                } else {
                    bits |= added
                }
            }
            guard isAtEndOfElement else { throw unexpected(field, elementStart: elementStart) }
            guard peek == UInt8(ascii: ",") else { break }
            position &+= 1
        }
        meaning.fields.weekdays = UInt8(truncatingIfNeeded: bits &>> UInt64(truncatingIfNeeded: field.minimum))
        let isOpen = isOpenDay(start..<position)
        skipBlanks()
        return (isOpen, isAnd)
    }

    /// `*` or `?` alone.
    @inline(__always)
    private mutating func skipOpenDay(_ field: CronField) throws(CronError) -> Bool {
        let byte = peek
        guard byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") else { return false }
        let isAlone = position &+ 1 == bytes.count || Self.isBlank(bytes[position &+ 1])
        if byte == UInt8(ascii: "?") {
            try require(.questionMark, field, position..<endOfWord(from: position))
            guard isAlone else {
                let range = position..<endOfWord(from: position)
                throw failure(.syntax, "? must stand alone", field: field, range, suggestion: "*")
            }
        } else if !isAlone {
            return false
        }
        elements?.append(CronElement(field: field, value: .all, range: position..<(position + 1)))
        position &+= 1
        skipBlanks()
        return true
    }

    /// Whether a field that is not just `*` still leaves the day open, by the star rule of crontab(5).
    private func isOpenDay(_ range: Range<Int>) -> Bool {
        features.contains(.steppedStars) && bytes[range.lowerBound] == UInt8(ascii: "*")
    }

    // MARK: Special days

    /// `L`, `L-3`, `LW`, `L-3W`.
    private mutating func lastDay(_ field: CronField) throws(CronError) {
        let start = position
        guard !Self.isLetter(byte(at: start + 1)) || byte(at: start + 1) | 0x20 == UInt8(ascii: "w") else {
            throw unknownWord(field, start..<endOfLetters(from: start))
        }
        try requireSpecial(field, start, letterAt: start)
        position += 1
        var offset = 0
        if peek == UInt8(ascii: "-") {
            try require(.lastOffsets, field, start..<endOfElement(from: start))
            position += 1
            let numberStart = position
            guard let number = number() else { throw unexpected(field, elementStart: start) }
            guard number <= 30 else {
                throw failure(
                    .outOfRange,
                    "no month has a day so long before its last one",
                    field: field,
                    numberStart..<position,
                    allowed: "0-30"
                )
            }
            offset = number
        }
        let bit: UInt32 = 1 << UInt32(31 - offset)
        if peek | 0x20 == UInt8(ascii: "w") {
            try requireAlone(field, start)
            try requireSpecial(field, start, letterAt: position)
            position += 1
            meaning.specialDays.lastNearestWeekdays |= bit
            record(field, .lastNearest(offset: offset), start)
        } else {
            meaning.specialDays.lastDays |= bit
            record(field, .last(offset: offset), start)
        }
    }

    /// `15W`, at its letter.
    private mutating func nearestWeekday(_ field: CronField, _ start: Int) throws(CronError) {
        try requireSpecial(field, start, letterAt: position)
        try requireAlone(field, start)
        position += 1
        meaning.specialDays.nearestWeekdays |= 1 << UInt32(single)
        record(field, .nearest(single), start)
    }

    /// `MON#2` or `MON#L`, at the `#`.
    private mutating func nthWeekday(_ field: CronField, _ start: Int) throws(CronError) {
        try require(.specialDays, field, start..<endOfElement(from: start))
        position += 1
        let digit = peek
        if digit | 0x20 == UInt8(ascii: "l"), features.contains(.hashLast) {
            try requireSpecial(field, start, letterAt: position)
            position += 1
            return lastWeekday(field, start)
        }
        guard (0x31...0x35).contains(digit), !Self.isDigit(byte(at: position + 1)) else {
            throw failure(
                .outOfRange,
                "expected which one of the month's weekdays after #",
                field: field,
                position..<endOfElement(from: position),
                allowed: features.contains(.hashLast) ? "1-5 or L" : "1-5"
            )
        }
        let number = Int(digit - 0x30)
        position += 1
        let weekday = self.weekday(single, field)
        meaning.specialDays.nthWeekdays |= 1 << UInt64((number - 1) * 7 + weekday)
        record(field, .nth(weekday: weekday, number), start)
    }

    /// `FRIL` or `FRI#L`, behind it.
    private mutating func lastWeekday(_ field: CronField, _ start: Int) {
        let weekday = self.weekday(single, field)
        meaning.specialDays.lastWeekdays |= 1 << UInt8(weekday)
        record(field, .lastWeekday(weekday), start)
    }

    /// A written weekday as 0 for Sunday to 6.
    private func weekday(_ value: Int, _ field: CronField) -> Int {
        (value - field.minimum) % 7
    }

    /// Notes an element whose value was noted before it turned out to be a special day.
    private mutating func record(_ field: CronField, _ value: CronElement.Value, _ start: Int) {
        guard elements != nil else { return }
        if let last = elements?.last, last.range.lowerBound == start { elements?.removeLast() }
        elements?.append(CronElement(field: field, value: value, range: start..<position))
    }

    // MARK: What the dialect has

    /// Refuses an element that the dialect does not have.
    func require(
        _ feature: CronDialect.Features,
        _ field: CronField,
        _ range: Range<Int>
    ) throws(CronError) {
        guard !features.contains(feature) else { return }
        throw failure(
            .unsupported,
            "\"\(string(range))\" is not part of the \(dialect) dialect",
            field: field,
            range
        )
    }

    private func requireSpecial(_ field: CronField, _ start: Int, letterAt index: Int) throws(CronError) {
        let range = start..<endOfElement(from: start)
        try require(.specialDays, field, range)
        guard features.contains(.anyCase) || byte(at: index) & 0x20 == 0 else {
            throw failure(
                .unsupported,
                "the \(dialect) dialect has upper case letters only",
                field: field,
                range,
                suggestion: string(range).uppercased()
            )
        }
    }

    private func requireAlone(_ field: CronField, _ start: Int) throws(CronError) {
        guard !features.contains(.nearestInLists) else { return }
        let isFirst = start == 0 || Self.isBlank(bytes[start - 1])
        guard isFirst, byte(at: endOfElement(from: start)) != UInt8(ascii: ",") else {
            throw failure(
                .unsupported,
                "W stands alone in the \(dialect) dialect",
                field: field,
                start..<endOfElement(from: start)
            )
        }
    }

    private func endOfLetters(from start: Int) -> Int {
        var end = start
        while Self.isLetter(byte(at: end)) { end += 1 }
        return end
    }
}
