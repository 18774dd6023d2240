// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Duration {
    /// The duration as pydantic writes it: `PT2M30S`, `P2DT1H`, `P1Y35D` (years of 365 days), `-PT1.5S`, `PT0S`; to the
    /// microsecond below.
    var iso8601: String {
        let (seconds, attoseconds) = components
        var microseconds = seconds.multipliedReportingOverflow(by: 1_000_000).partialValue
        microseconds = microseconds.addingReportingOverflow(attoseconds / 1_000_000_000_000).partialValue
        let magnitude = microseconds.magnitude
        let (days, rest) = magnitude.quotientAndRemainder(dividingBy: 86_400_000_000)
        var text = microseconds < 0 ? "-P" : "P"
        if days >= 365 { text += "\(days / 365)Y" }
        if days % 365 > 0 { text += "\(days % 365)D" }
        guard rest > 0 || days == 0 else { return text }
        text += "T"
        let whole = rest / 1_000_000
        if whole >= 3600 { text += "\(whole / 3600)H" }
        if whole / 60 % 60 > 0 { text += "\(whole / 60 % 60)M" }
        let fraction = rest % 1_000_000
        if whole % 60 > 0 || fraction > 0 || magnitude == 0 {
            text += "\(whole % 60)"
            if fraction > 0 {
                var digits = (1_000_000 + fraction).description.dropFirst()
                while digits.last == "0" { digits.removeLast() }
                text += ".\(digits)"
            }
            text += "S"
        }
        return text
    }

    /// Reads a duration as pydantic does: ISO 8601 (`P1DT2H`, with fractions and a sign), `3 days, 01:00:05`, `3d`, or
    /// `01:00` (hours and minutes); nil for anything else, and beyond 100,000 years.
    ///
    /// No initializer: the compiler that looks for one on Linux finds that of another module's `timespec`, and refuses
    /// the clocks of this one in release builds.
    static func parse(pydantic text: String) -> Duration? {
        var bytes = text.utf8[...]
        let sign: Int64
        switch bytes.first {
        case UInt8(ascii: "-"): sign = -1
        default: sign = 1
        }
        if bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        let found: Int64?
        if bytes.first == UInt8(ascii: "P") {
            bytes.removeFirst()
            found = Self.designated(&bytes)
        } else if let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            colon > bytes.startIndex,
            bytes[..<colon].allSatisfy({ (0x30...0x39).contains($0) })
        {
            found = Self.hoursAndMinutes(&bytes, hoursBelow: 1 << 32)
        } else {
            found = Self.daysAndClock(&bytes)
        }
        guard let found, bytes.isEmpty, found <= Self.longest else { return nil }
        return .microseconds(sign * found)
    }

    /// 100,000 years of 365 days, in microseconds.
    private static let longest: Int64 = 100_000 * 365 * 86_400_000_000

    /// What follows the `P` of ISO 8601, in microseconds.
    private static func designated(_ bytes: inout Substring.UTF8View) -> Int64? {
        var total: Double = 0
        var exact: Int64 = 0
        var isTime = false
        var count = 0
        while let byte = bytes.first {
            if byte == UInt8(ascii: "T"), !isTime {
                isTime = true
                bytes.removeFirst()
                continue
            }
            guard let (whole, fraction) = decimal(&bytes), let designator = bytes.popFirst() else { return nil }
            let seconds: Int64
            switch (designator, isTime) {
            case (UInt8(ascii: "Y"), false): seconds = 365 * 86400
            case (UInt8(ascii: "M"), false): seconds = 30 * 86400
            case (UInt8(ascii: "W"), false): seconds = 7 * 86400
            case (UInt8(ascii: "D"), false): seconds = 86400
            case (UInt8(ascii: "H"), true): seconds = 3600
            case (UInt8(ascii: "M"), true): seconds = 60
            case (UInt8(ascii: "S"), true): seconds = 1
            default: return nil
            }
            let (part, overflow) = whole.multipliedReportingOverflow(by: seconds * 1_000_000)
            guard !overflow, part <= longest, exact <= longest else { return nil }
            exact += part
            total += fraction * Double(seconds)
            count += 1
        }
        // The fractions of very many units can add up to more than the microseconds that fit.
        guard count > 0, total < 1e12 else { return nil }
        let (sum, overflow) = exact.addingReportingOverflow(Int64((total * 1e6).rounded()))
        return overflow ? nil : sum
    }

    /// Digits, and those after a point or comma as a fraction.
    private static func decimal(_ bytes: inout Substring.UTF8View) -> (whole: Int64, fraction: Double)? {
        guard let whole = digits(&bytes) else { return nil }
        guard bytes.first == UInt8(ascii: ".") || bytes.first == UInt8(ascii: ",") else { return (whole, 0) }
        bytes.removeFirst()
        let fraction = bytes.prefix { (0x30...0x39).contains($0) }
        bytes = bytes.dropFirst(fraction.count)
        return (whole, fraction.isEmpty ? 0 : Double("0.\(Substring(fraction))") ?? 0)
    }

    /// `3d`, `3 days`, `3 days, 01:00`, in microseconds.
    private static func daysAndClock(_ bytes: inout Substring.UTF8View) -> Int64? {
        guard let days = digits(&bytes), days <= longest / 86_400_000_000 else { return nil }
        if bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
        guard let letter = bytes.popFirst(), letter | 0x20 == UInt8(ascii: "d") else { return nil }
        if bytes.count >= 2, bytes.prefix(2).elementsEqual("ay".utf8, by: { $0 | 0x20 == $1 }) {
            bytes = bytes.dropFirst(2)
            if let letter = bytes.first, letter | 0x20 == UInt8(ascii: "s") { bytes.removeFirst() }
        }
        if bytes.first == UInt8(ascii: ",") { bytes.removeFirst() }
        if bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
        guard !bytes.isEmpty else { return days * 86_400_000_000 }
        return hoursAndMinutes(&bytes, hoursBelow: 24).map { days * 86_400_000_000 + $0 }
    }

    /// `01:00`, `01:00:05.5`, in microseconds; an hour of one digit needs seconds, as in Python's own `1:00:05`.
    private static func hoursAndMinutes(_ bytes: inout Substring.UTF8View, hoursBelow limit: Int64) -> Int64? {
        let isLong = bytes.prefix { (0x30...0x39).contains($0) }.count > 1
        guard isLong || bytes.filter({ $0 == UInt8(ascii: ":") }).count == 2 else { return nil }
        guard let hours = digits(&bytes), hours < limit, hours <= longest / 3_600_000_000 else { return nil }
        guard let rest = PythonDateTime.timeOfDay("00" + String(Substring(bytes))) else { return nil }
        bytes = bytes.dropFirst(bytes.count)
        return hours * 3_600_000_000 + rest
    }

    private static func digits(_ bytes: inout Substring.UTF8View) -> Int64? {
        let digits = bytes.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        bytes = bytes.dropFirst(digits.count)
        return Int64(String(Substring(digits)))
    }
}
