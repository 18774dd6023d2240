// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A `Duration` travels as Python's `timedelta` does: ISO 8601 text, to the microsecond.
extension Duration: WireEncodable, WireDecodable {
    /// Python's `timedelta` holds no more.
    private static let longest = Int128(999_999_999) * 86_400 * 1_000_000_000_000_000_000

    func write(to output: JSONOutput) throws {
        guard attoseconds.magnitude <= Self.longest.magnitude else {
            throw EncodingError.invalidValue(
                self,
                .init(
                    codingPath: output.codingPath,
                    debugDescription: "a duration is at most 999,999,999 days, as Python's is"
                )
            )
        }
        output.write(isoText)
    }

    static func read(from decoder: JSONFragmentDecoder) throws -> Duration {
        var found: Duration?
        if let text = decoder.fragment.stringValue() {
            found = Duration(iso: text) ?? Duration(clock: text)
        } else if decoder.conversion == .lax, let seconds = decoder.fragment.doubleValue(.lax), seconds.isFinite,
            seconds.magnitude < 1e14
        {
            found = Duration(attoseconds: Int128((seconds * 1e6).rounded()) * 1_000_000_000_000)
        }
        guard let found, found.attoseconds.magnitude <= longest.magnitude else {
            throw decoder.mismatch("a duration such as PT5S or 00:00:05", Duration.self)
        }
        return found
    }

    // MARK: Text

    /// `P1DT2.000003S`, `-PT5S`, `PT0S`; a year is 365 days, as pydantic counts it.
    private var isoText: String {
        let microsecond: Int128 = 1_000_000_000_000
        let half = attoseconds < 0 ? -microsecond / 2 : microsecond / 2
        let total = (attoseconds + half) / microsecond
        if total == 0 { return "PT0S" }
        let microseconds = Int(total.magnitude % 86_400_000_000)
        let days = Int(total.magnitude / 86_400_000_000)
        var text = total < 0 ? "-P" : "P"
        if days >= 365 { text += "\(days / 365)Y" }
        if days % 365 > 0 { text += "\(days % 365)D" }
        guard microseconds > 0 else { return text }
        text += "T"
        let seconds = microseconds / 1_000_000
        if seconds >= 3600 { text += "\(seconds / 3600)H" }
        if seconds / 60 % 60 > 0 { text += "\(seconds / 60 % 60)M" }
        let fraction = microseconds % 1_000_000
        guard seconds % 60 > 0 || fraction > 0 else { return text }
        text += "\(seconds % 60)"
        if fraction > 0 {
            var digits = ""
            append(fraction, digits: 6, to: &digits)
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        return text + "S"
    }

    /// Reads ISO 8601 text; weeks, and fractions of any unit, are allowed, a month is 30 days.
    private init?(iso text: String) {
        var reader = ValueText(text)
        let sign = reader.sign() ?? 1
        guard reader.take("P") else { return nil }
        var total: Int128 = 0
        var count = 0
        var isTime = false
        while !reader.isAtEnd {
            if !isTime, reader.take("T") {
                isTime = true
                continue
            }
            guard let amount = reader.amount(), let unit = reader.unit(isTime: isTime) else { return nil }
            // Fifteen digits of years are more than the type holds.
            let (part, overflow) = amount.multipliedReportingOverflow(by: Int128(unit))
            guard !overflow, part <= Self.longest else { return nil }
            total += part
            count += 1
            guard total <= Self.longest else { return nil }
        }
        guard count > 0 else { return nil }
        self.init(attoseconds: Int128(sign) * total)
    }

    /// Reads `01:02:03.5`, `1 day, 01:02:03` and `2 days`.
    private init?(clock text: String) {
        var reader = ValueText(text)
        let sign = reader.sign() ?? 1
        let first = reader.digits()
        guard !first.isEmpty, first.count <= 12, let number = Int128(String(decoding: first, as: UTF8.self)) else {
            return nil
        }
        var seconds = number * 3600
        var fraction = 0
        if reader.peek == UInt8(ascii: ":") {
            guard let time = reader.time(hourDigits: first.count) else { return nil }
            seconds += Int128(time.seconds)
            fraction = time.microseconds
        } else {
            seconds = number * 86_400
            while reader.take(" ") {}
            guard reader.take(word: "days") || reader.take(word: "day") || reader.take("d") else { return nil }
            _ = reader.take(",")
            while reader.take(" ") {}
            if !reader.isAtEnd {
                let hours = reader.digits()
                guard (1...9).contains(hours.count), let hour = Int(String(decoding: hours, as: UTF8.self)),
                    let time = reader.time(hourDigits: hours.count)
                else { return nil }
                seconds += Int128(hour * 3600 + time.seconds)
                fraction = time.microseconds
            }
        }
        guard reader.isAtEnd else { return nil }
        let attoseconds = seconds * 1_000_000_000_000_000_000 + Int128(fraction) * 1_000_000_000_000
        self.init(attoseconds: Int128(sign) * attoseconds)
    }
}

extension ValueText {
    /// Takes the amount of a unit, in 10⁻¹⁸ of it.
    fileprivate mutating func amount() -> Int128? {
        let whole = digits()
        let hasWhole = !whole.isEmpty
        guard whole.count <= 15, let fraction = fraction(decimals: 18), hasWhole else { return nil }
        guard let number = Int128(String(decoding: whole, as: UTF8.self)) else { return nil }
        return number * 1_000_000_000_000_000_000 + Int128(fraction)
    }

    /// Takes the letter of a unit: its length in seconds.
    fileprivate mutating func unit(isTime: Bool) -> Int? {
        if isTime { return take("S") ? 1 : take("M") ? 60 : take("H") ? 3600 : nil }
        return take("D") ? 86_400 : take("W") ? 7 * 86_400 : take("M") ? 30 * 86_400 : take("Y") ? 365 * 86_400 : nil
    }

    /// Takes `:02` or `:02:03.5` after the hours; without seconds the hours need two digits.
    fileprivate mutating func time(hourDigits: Int) -> (seconds: Int, microseconds: Int)? {
        guard take(":"), let minute = digits(2), minute < 60 else { return nil }
        guard take(":") else { return hourDigits >= 2 ? (minute * 60, 0) : nil }
        guard let second = digits(2), second < 60, let fraction = fraction(decimals: 6) else { return nil }
        return (minute * 60 + second, fraction)
    }
}
