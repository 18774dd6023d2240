// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads a rule in the notation of POSIX `TZ`.
struct PosixRuleParser {
    private let bytes: [UInt8]
    private var position = 0

    private init(_ text: some Sequence<UInt8>) {
        bytes = Array(text)
    }

    /// The rule, or nil if the text is not one.
    static func parse(_ text: some Sequence<UInt8>) -> PosixRule? {
        var parser = PosixRuleParser(text)
        return parser.rule()
    }

    private mutating func rule() -> PosixRule? {
        guard name(), let west = time(hourLimit: 24) else { return nil }
        let standardOffset = -west
        if position == bytes.count { return PosixRule(standardOffset: standardOffset) }

        guard name() else { return nil }
        var daylightOffset = standardOffset + 3_600
        if position < bytes.count, peek != UInt8(ascii: ",") {
            guard let west = time(hourLimit: 24) else { return nil }
            daylightOffset = -west
        }
        var start = PosixRule.Change(day: .weekday(month: 3, week: 2, weekday: 0), time: 7_200)
        var end = PosixRule.Change(day: .weekday(month: 11, week: 1, weekday: 0), time: 7_200)
        if position < bytes.count {
            guard skip(","), let first = change(), skip(","), let second = change() else { return nil }
            start = first
            end = second
        }
        guard position == bytes.count else { return nil }
        return PosixRule(
            standardOffset: standardOffset,
            alternation: .init(standardOffset: standardOffset, daylightOffset: daylightOffset, start: start, end: end)
        )
    }

    /// Three or more letters, or anything alphanumeric in angle brackets.
    private mutating func name() -> Bool {
        let isQuoted = skip("<")
        let start = position
        while let byte = peek, isLetter(byte) || (isQuoted && (isDigit(byte) || "+-".utf8.contains(byte))) {
            position += 1
        }
        guard position - start >= 3 else { return false }
        return isQuoted ? skip(">") : true
    }

    private mutating func change() -> PosixRule.Change? {
        let day: PosixRule.Change.Day
        if skip("M") {
            guard let month = number(in: 1...12), skip("."), let week = number(in: 1...5), skip("."),
                let weekday = number(in: 0...6)
            else { return nil }
            day = .weekday(month: month, week: week, weekday: weekday)
        } else if skip("J") {
            guard let number = number(in: 1...365) else { return nil }
            day = .julian(number)
        } else {
            guard let number = number(in: 0...365) else { return nil }
            day = .ordinal(number)
        }
        var seconds = 7_200
        if skip("/") {
            guard let time = time(hourLimit: 167) else { return nil }
            seconds = time
        }
        return PosixRule.Change(day: day, time: seconds)
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private mutating func time(hourLimit: Int) -> Int? {
        let isNegative = skip("-")
        if !isNegative { _ = skip("+") }
        guard let hours = number(in: 0...hourLimit) else { return nil }
        var seconds = hours * 3_600
        if skip(":") {
            guard let minutes = number(in: 0...59) else { return nil }
            seconds += minutes * 60
            if skip(":") {
                guard let rest = number(in: 0...59) else { return nil }
                seconds += rest
            }
        }
        return isNegative ? -seconds : seconds
    }

    private mutating func number(in range: ClosedRange<Int>) -> Int? {
        var value = 0
        let start = position
        while let byte = peek, isDigit(byte), position - start < 4 {
            value = value * 10 + Int(byte - 0x30)
            position += 1
        }
        return position > start && range.contains(value) ? value : nil
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek, UInt32(byte) == character.value else { return false }
        position += 1
        return true
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
