// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads one RFC 3339 timestamp.
struct TimestampParser {
    private let text: String
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.text = text
        // No timestamp needs more, and a fraction of a million digits has no business here.
        bytes = Array(text.utf8.prefix(Self.lengthLimit + 1))
    }

    mutating func parse() throws(TimestampError) -> Timestamp {
        guard bytes.count <= Self.lengthLimit else {
            throw failure(.syntax, "the text is longer than \(Self.lengthLimit) characters", at: Self.lengthLimit)
        }
        let year = try digits(4, "a year of four digits")
        try expect("-")
        let month = try digits(2, "a month of two digits")
        try expect("-")
        let day = try digits(2, "a day of two digits")
        guard let separator = peek, "Tt ".utf8.contains(separator) else {
            throw failure(.syntax, "expected T or a space before the time of day", at: position)
        }
        position += 1
        let timeStart = position
        let hour = try digits(2, "an hour of two digits")
        try expect(":")
        let minute = try digits(2, "a minute of two digits")
        var second = 0
        var milliseconds = 0
        if skip(":") {
            second = try digits(2, "a second of two digits")
            if skip(".") { milliseconds = try fraction() }
        }
        let offset = try offsetSeconds()
        guard position == bytes.count else {
            throw failure(.syntax, "unexpected text after the timestamp", at: position)
        }
        let isLeapSecond = second == 60
        guard let civil = CivilDateTime(year: year, month: month, day: day) else {
            throw failure(.noSuchDate, "there is no such date in the years 0001 to 9999", at: 0)
        }
        guard hour <= 23, minute <= 59, second <= 60 else {
            throw failure(.noSuchTime, "there is no such time of day", at: timeStart)
        }
        let seconds = civil.localSeconds + hour * 3_600 + minute * 60 + second - offset
        if isLeapSecond, seconds.flooredQuotient(by: 86_400) * 86_400 != seconds {
            throw failure(.noSuchTime, "a leap second is only possible at 23:59:60 UTC", at: timeStart)
        }
        let timestamp = Timestamp(secondsSinceEpoch: Int64(seconds))
        guard timestamp.secondsSinceEpoch == Int64(seconds) else {
            throw failure(.noSuchDate, "the instant is outside the years 0001 to 9999 in UTC", at: 0)
        }
        return Timestamp(millisecondsSinceEpoch: timestamp.millisecondsSinceEpoch + Int64(milliseconds))
    }

    // MARK: Parts

    private mutating func fraction() throws(TimestampError) -> Int {
        var milliseconds = 0
        var weight = 100
        let start = position
        while let digit = peekDigit {
            milliseconds += digit * weight
            weight /= 10
            position += 1
        }
        guard position > start else { throw failure(.syntax, "expected the digits of a fraction", at: position) }
        return milliseconds
    }

    private mutating func offsetSeconds() throws(TimestampError) -> Int {
        let start = position
        if skip("Z") || skip("z") { return 0 }
        let isNegative = skip("-")
        guard isNegative || skip("+") else {
            throw failure(.syntax, "expected Z or an offset such as +01:00", at: position)
        }
        let hours = try digits(2, "an offset hour of two digits")
        _ = skip(":")
        let minutes = try digits(2, "an offset minute of two digits")
        guard hours <= 23, minutes <= 59 else {
            throw failure(.noSuchTime, "an offset is at most 23:59", at: start)
        }
        let seconds = hours * 3_600 + minutes * 60
        return isNegative ? -seconds : seconds
    }

    private mutating func digits(_ count: Int, _ what: String) throws(TimestampError) -> Int {
        var number = 0
        for index in position..<(position + count) {
            guard index < bytes.count, (0x30...0x39).contains(bytes[index]) else {
                throw failure(.syntax, "expected \(what)", at: position)
            }
            number = number * 10 + Int(bytes[index] - 0x30)
        }
        position += count
        return number
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(TimestampError) {
        guard skip(character) else { throw failure(.syntax, "expected \(character)", at: position) }
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var peekDigit: Int? {
        guard let byte = peek, (0x30...0x39).contains(byte) else { return nil }
        return Int(byte - 0x30)
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek, UInt32(byte) == character.value else { return false }
        position += 1
        return true
    }

    private func failure(_ code: TimestampError.Code, _ reason: String, at offset: Int) -> TimestampError {
        TimestampError(code: code, text: text.clipped(to: 64), column: offset + 1, reason: reason)
    }

    private static var lengthLimit: Int { 128 }
}
