// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension PythonDateTime {
    /// Numbers beyond this are milliseconds to pydantic, others seconds.
    private static let largestSeconds = 2e10

    /// Reads the text of a date and time as pydantic does: `2030-01-02T03:04:05.5+03:00`; without seconds, without a
    /// time, with a space or an underscore for the `T`, and with or without an offset; or seconds (beyond 2·10¹⁰
    /// milliseconds) since 1970.
    ///
    /// - Parameter text: the text; nil is returned for any other.
    public init?(parsing text: String) {
        var bytes = text.utf8[...]
        if let time = Self.parse(&bytes), bytes.isEmpty {
            self = time
        } else if let number = Self.number(text) {
            self.init(pydantic: number)
        } else {
            return nil
        }
    }

    /// An instant counted as pydantic counts: in seconds, or in milliseconds beyond 2·10¹⁰.
    init?(pydantic number: Double) {
        if abs(number) > Self.largestSeconds {
            self.init(number, microsecondsEach: 1000)
        } else {
            self.init(secondsSinceEpoch: number)
        }
    }

    /// An instant, in UTC, to the nearest microsecond.
    init?(secondsSinceEpoch seconds: Double) {
        self.init(seconds, microsecondsEach: 1_000_000)
    }

    private init?(_ number: Double, microsecondsEach unit: Int64) {
        guard abs(number) < 1e15 else { return nil }
        // The whole number apart, so that the fraction keeps its digits.
        let whole = number.rounded(.down)
        let fraction = ((number - whole) * Double(unit)).rounded(.toNearestOrEven)
        let (microseconds, overflow) = Int64(whole).multipliedReportingOverflow(by: unit)
        let (sum, tooMuch) = microseconds.addingReportingOverflow(Int64(fraction))
        guard !overflow, !tooMuch else { return nil }
        self.init(microseconds: sum, utcOffset: 0)
    }

    private static func number(_ text: String) -> Double? {
        guard text.utf8.contains(where: { (0x30...0x39).contains($0) }),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.".utf8.contains($0) })
        else { return nil }
        return Double(text)
    }

    private static func parse(_ bytes: inout Substring.UTF8View) -> PythonDateTime? {
        guard let year = digits(&bytes, 4), year > 0, take(&bytes, "-"), let month = digits(&bytes, 2),
            (1...12).contains(month), take(&bytes, "-"), let day = digits(&bytes, 2)
        else { return nil }
        let number = Self.day(year: year, month: month, day: day)
        let nextMonth =
            month == 12 ? Self.day(year: year + 1, month: 1, day: 1) : Self.day(year: year, month: month + 1, day: 1)
        guard day >= 1, number < nextMonth else { return nil }
        let midnight = number * 86_400_000_000
        guard !bytes.isEmpty else { return PythonDateTime(microseconds: midnight, utcOffset: nil) }
        guard take(&bytes, "T") || take(&bytes, "t") || take(&bytes, " ") || take(&bytes, "_"),
            let time = timeOfDay(&bytes)
        else { return nil }
        var offset: Int?
        if take(&bytes, "Z") || take(&bytes, "z") {
            offset = 0
        } else if let sign = sign(&bytes) {
            guard let hours = digits(&bytes, 2) else { return nil }
            _ = take(&bytes, ":")
            guard let minutes = digits(&bytes, 2), minutes < 60, hours < 24 else { return nil }
            offset = sign * Int(hours * 3600 + minutes * 60)
        }
        return PythonDateTime(microseconds: midnight + time, utcOffset: offset)
    }

    /// Microseconds since midnight of `03:04`, `03:04:05` or `03:04:05.123456`; digits beyond the sixth are dropped.
    private static func timeOfDay(_ bytes: inout Substring.UTF8View) -> Int64? {
        guard let hours = digits(&bytes, 2), hours < 24, take(&bytes, ":"), let minutes = digits(&bytes, 2),
            minutes < 60
        else { return nil }
        var time = (hours * 60 + minutes) * 60_000_000
        guard take(&bytes, ":") else { return time }
        guard let seconds = digits(&bytes, 2), seconds < 60 else { return nil }
        time += seconds * 1_000_000
        guard take(&bytes, ".") || take(&bytes, ",") else { return time }
        var unit: Int64 = 100_000
        var count = 0
        while let digit = bytes.first, (0x30...0x39).contains(digit) {
            time += Int64(digit - 0x30) * unit
            unit /= 10
            count += 1
            bytes.removeFirst()
        }
        return count > 0 ? time : nil
    }

    /// Microseconds since midnight, of text that is nothing else.
    static func timeOfDay(_ text: String) -> Int64? {
        var bytes = text.utf8[...]
        guard let time = timeOfDay(&bytes), bytes.isEmpty else { return nil }
        return time
    }

    private static func sign(_ bytes: inout Substring.UTF8View) -> Int? {
        if take(&bytes, "+") { return 1 }
        // U+2212, the minus of typographers, is taken too.
        return take(&bytes, "-") || take(&bytes, "\u{2212}") ? -1 : nil
    }

    private static func take(_ bytes: inout Substring.UTF8View, _ text: String) -> Bool {
        guard bytes.starts(with: text.utf8) else { return false }
        bytes.removeFirst(text.utf8.count)
        return true
    }

    private static func digits(_ bytes: inout Substring.UTF8View, _ count: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<count {
            guard let digit = bytes.first, (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 0x30)
            bytes.removeFirst()
        }
        return value
    }
}
