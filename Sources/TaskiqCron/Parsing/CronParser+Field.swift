// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronParser {
    /// A field of numbers or names only: second, minute, hour or month.
    @inline(__always)
    mutating func timeField(_ field: CronField) throws(CronError) -> (bits: UInt64, isStar: Bool) {
        if peek == UInt8(ascii: "*"), elements == nil, position &+ 1 < bytes.count,
            Self.isBlank(bytes[position &+ 1])
        {
            position &+= 2
            skipBlanks()
            return (Self.bits(from: field.minimum, through: field.starMaximum, step: 1, in: field), true)
        }
        return try list(field)
    }

    private mutating func list(_ field: CronField) throws(CronError) -> (bits: UInt64, isStar: Bool) {
        let isStar = peek == UInt8(ascii: "*")
        if peek == UInt8(ascii: "?") { throw misplacedQuestionMark(field) }
        var bits: UInt64 = 0
        while true {
            let start = position
            bits |= try element(field)
            guard isAtEndOfElement else { throw unexpected(field, elementStart: start) }
            guard peek == UInt8(ascii: ",") else { break }
            position &+= 1
        }
        skipBlanks()
        return (bits, isStar)
    }

    /// A field of years.
    mutating func yearField() throws(CronError) {
        let field = CronField.year
        if peek == UInt8(ascii: "?") { throw misplacedQuestionMark(field) }
        var years = YearSet()
        var isEveryYear = false
        while true {
            let start = position
            let (first, last, step) = try span(field)
            guard first <= last else {
                throw failure(.syntax, "the range ends before it starts", field: field, start..<position)
            }
            guard isAtEndOfElement else { throw unexpected(field, elementStart: start) }
            years.insert(from: first, through: last, step: step)
            if step == 1, first == field.minimum, last == field.maximum, bytes[start] == UInt8(ascii: "*") {
                isEveryYear = true
            }
            guard peek == UInt8(ascii: ",") else { break }
            position &+= 1
        }
        skipBlanks()
        if !isEveryYear { meaning.years = years }
    }

    // MARK: An element

    /// `*`, a value, a range, each perhaps with a step, or `H`; what follows is left to the caller.
    @inline(__always)
    mutating func element(_ field: CronField) throws(CronError) -> UInt64 {
        // Nearly all elements are a number that stands alone.
        if elements == nil, Self.isDigit(peek) {
            let start = position
            var value = Int(bytes[start] &- 0x30)
            var end = start &+ 1
            if end < bytes.count, Self.isDigit(bytes[end]) {
                value = value &* 10 &+ Int(bytes[end] &- 0x30)
                end &+= 1
            }
            let next = end < bytes.count ? bytes[end] : 0x20
            if next == UInt8(ascii: ",") || Self.isBlank(next), value >= field.minimum, value <= field.maximum {
                position = end
                single = value
                return 1 &<< UInt64(truncatingIfNeeded: value > field.starMaximum ? value &- field.cycle : value)
            }
        }
        return try generalElement(field)
    }

    private mutating func generalElement(_ field: CronField) throws(CronError) -> UInt64 {
        if peek | 0x20 == UInt8(ascii: "h"), !Self.isLetter(byte(at: position + 1)) { return try hashed(field) }
        let (first, last, step) = try span(field)
        return Self.bits(from: first, through: last, step: step, in: field)
    }

    /// The first and last value and the step of an element; the last value exceeds the field's if the range wraps.
    private mutating func span(_ field: CronField) throws(CronError) -> (first: Int, last: Int, step: Int) {
        let start = position
        var first = field.minimum
        var last = field.starMaximum
        var value = CronElement.Value.all
        single = -1
        if peek == UInt8(ascii: "*") {
            position &+= 1
        } else {
            first = try self.value(field)
            if peek == UInt8(ascii: "-") {
                position &+= 1
                last = try self.value(field)
                value = .range(first, last)
                if last < first, field.kind != .year { last = try wrapped(field, first, last, start..<position) }
            } else {
                last = first
                single = first
                value = .single(first)
            }
        }
        var step = 1
        if peek == UInt8(ascii: "/") {
            position &+= 1
            step = try self.step(field)
            if single >= 0 {
                try requireOpenSteps(field, start..<position)
                last = field.maximum
                value = .from(first)
                single = -1
            }
        }
        elements?.append(CronElement(field: field, value: value, step: step, range: start..<position))
        return (first, last, step)
    }

    private func wrapped(
        _ field: CronField,
        _ first: Int,
        _ last: Int,
        _ range: Range<Int>
    ) throws(CronError) -> Int {
        guard features.contains(.wrapping) else {
            throw failure(
                .unsupported,
                "the range ends before it starts, which the \(dialect) dialect does not have",
                field: field,
                range,
                suggestion: last == field.minimum
                    ? nil : "\(first)-\(field.starMaximum),\(field.minimum)-\(last)"
            )
        }
        return last &+ field.cycle
    }

    private func requireOpenSteps(_ field: CronField, _ range: Range<Int>) throws(CronError) {
        guard !features.contains(.openSteps) else { return }
        let parts = string(range).split(separator: "/")
        throw failure(
            .unsupported,
            "a step needs * or a range in the \(dialect) dialect",
            field: field,
            range,
            suggestion: parts.count == 2 ? "\(parts[0])-\(field.maximum)/\(parts[1])" : nil
        )
    }

    @inline(__always)
    static func bits(from first: Int, through last: Int, step: Int, in field: CronField) -> UInt64 {
        let highest = field.starMaximum
        if step == 1, last <= highest {
            return (UInt64.max &>> UInt64(truncatingIfNeeded: 63 &- (last &- first)))
                &<< UInt64(truncatingIfNeeded: first)
        }
        var bits: UInt64 = 0
        var value = first
        while value <= last {
            bits |= 1 &<< UInt64(truncatingIfNeeded: value > highest ? value &- field.cycle : value)
            value &+= step
        }
        return bits
    }

    // MARK: Values

    mutating func step(_ field: CronField) throws(CronError) -> Int {
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
        guard number < Self.numberLimit else {
            throw failure(
                .outOfRange,
                "the step is too large",
                field: field,
                start..<position,
                allowed: "1-\(Self.numberLimit - 1)"
            )
        }
        if features.contains(.boundedSteps), number > field.cycle {
            throw failure(
                .outOfRange,
                "the step is larger than the field",
                field: field,
                start..<position,
                allowed: "1-\(field.cycle)"
            )
        }
        return number
    }

    /// A number or a name.
    mutating func value(_ field: CronField) throws(CronError) -> Int {
        let start = position
        if let number = number() {
            guard number >= field.minimum, number <= field.maximum else { throw outOfRange(field, number, start) }
            return number
        }
        var name: UInt32 = 0
        while Self.isLetter(peek) {
            // Clearing the bit 0x20 makes an upper case letter.
            if position &- start < 3 { name = name << 8 | UInt32(peek & 0xDF) }
            position &+= 1
        }
        let length = position &- start
        if length == 3 || length == 4, let value = field.value(ofName: name) {
            if length == 3 { return value }
            // FRIL: the L is the caller's.
            if field.kind == .dayOfWeek, bytes[position &- 1] & 0xDF == UInt8(ascii: "L") {
                position &-= 1
                return value
            }
        }
        if features.contains(.fullNames), let value = field.value(ofFullName: string(start..<position).lowercased()) {
            return value
        }
        throw unknownWord(field, start..<position)
    }

    /// The digits from here on, or nil if there are none; a number that no field or step could use ends as a large one.
    @inline(__always)
    mutating func number() -> Int? {
        guard Self.isDigit(peek) else { return nil }
        var number = 0
        while Self.isDigit(peek) {
            number = min(number &* 10 &+ Int(peek &- 0x30), Self.numberLimit)
            position &+= 1
        }
        return number
    }

    private static var numberLimit: Int { 1_000_000 }
}
