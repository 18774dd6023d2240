// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Duration {
    /// The duration in the units that read best, to the millisecond below two minutes and to the second above: `850 ms`,
    /// `2.5 s`, `3 min`, `2 min 30 s`, `2 h`.
    package var formattedShortly: String {
        let milliseconds = inMilliseconds
        switch milliseconds.magnitude {
        case 0..<1000: return "\(milliseconds) ms"
        case 1000..<120_000:
            return milliseconds % 1000 == 0
                ? "\(milliseconds / 1000) s" : "\(Double(milliseconds) / 1000) s"
        default:
            let seconds = milliseconds.magnitude / 1000
            let hours = seconds < 7200 ? 0 : seconds / 3600
            let parts = [(hours, "h"), (seconds / 60 - hours * 60, "min"), (seconds % 60, "s")]
            let text = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
            return milliseconds < 0 ? "-\(text)" : text
        }
    }

    /// Reads a duration as people write it in files and on command lines: `90s`, `15m`, `1h30m`, `2d`, `500ms`, or
    /// plain seconds.
    ///
    /// - Parameter text: the text.
    /// - Returns: the duration, or nil when the text is not one.
    package static func parse(_ text: String) -> Duration? {
        let characters = Array(text.utf8)
        if let seconds = Int64(text) { return seconds < 1 << 40 && seconds >= 0 ? .seconds(seconds) : nil }
        var index = 0
        var total: Int64 = 0
        while index < characters.count {
            var number: Int64 = 0
            let start = index
            while index < characters.count, (48...57).contains(characters[index]) {
                number = number * 10 + Int64(characters[index] - 48)
                guard number < 1 << 40 else { return nil }
                index += 1
            }
            guard index > start else { return nil }
            let unitStart = index
            while index < characters.count, !(48...57).contains(characters[index]) { index += 1 }
            let factor: Int64
            switch String(decoding: characters[unitStart..<index], as: UTF8.self) {
            case "ms": factor = 1
            case "s", "sec": factor = 1000
            case "m", "min": factor = 60_000
            case "h": factor = 3_600_000
            case "d": factor = 86_400_000
            case "w": factor = 604_800_000
            default: return nil
            }
            let (part, overflow) = number.multipliedReportingOverflow(by: factor)
            let (sum, tooMuch) = total.addingReportingOverflow(part)
            guard !overflow, !tooMuch else { return nil }
            total = sum
        }
        return characters.isEmpty ? nil : .milliseconds(total)
    }
}
