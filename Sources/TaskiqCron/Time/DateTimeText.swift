// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Builds the text of dates and times digit by digit.
struct DateTimeText {
    private(set) var string = ""

    /// Appends `2026-11-22T17:55:48`.
    mutating func append(_ civil: CivilDateTime) {
        append(civil.year, width: 4)
        string.append("-")
        append(civil.month, width: 2)
        string.append("-")
        append(civil.day, width: 2)
        string.append("T")
        append(civil.hour, width: 2)
        string.append(":")
        append(civil.minute, width: 2)
        string.append(":")
        append(civil.second, width: 2)
    }

    /// Appends `.048`, or nothing for 0.
    mutating func append(milliseconds: Int) {
        guard milliseconds != 0 else { return }
        string.append(".")
        append(milliseconds, width: 3)
    }

    /// Appends `+05:30`.
    mutating func append(offsetMinutes: Int) {
        let magnitude = Int(offsetMinutes.magnitude)
        string.append(offsetMinutes < 0 ? "-" : "+")
        append(magnitude / 60, width: 2)
        string.append(":")
        append(magnitude % 60, width: 2)
    }

    private mutating func append(_ number: Int, width: Int) {
        let digits = String(number)
        for _ in 0..<max(0, width - digits.utf8.count) { string.append("0") }
        string.append(digits)
    }
}
