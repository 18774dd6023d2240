// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The interval of `@every`, written as Go writes durations: `1h30m`, `90s`, `1.5h`, `500ms`.
enum CronInterval {
    /// The milliseconds of a text, or nil if it is not an interval of at most ten years.
    ///
    /// An interval of less than a second becomes one second, as robfig/cron has it: no schedule needs more, and a
    /// nanosecond would keep a scheduler busy for ever.
    static func milliseconds(of text: Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
        var index = text.startIndex
        guard index < text.endIndex else { return nil }
        var total = 0.0
        while index < text.endIndex {
            guard let number = number(text, &index), let unit = unit(text, &index) else { return nil }
            total += number * unit
        }
        guard total > 0, total <= 10 * 366 * 86_400_000.0 else { return nil }
        return max(1_000, Int64(total.rounded()))
    }

    private static func number(_ text: Slice<UnsafeBufferPointer<UInt8>>, _ index: inout Int) -> Double? {
        var number = 0.0
        var weight = 1.0
        var hasDigits = false
        var isFraction = false
        while index < text.endIndex {
            let byte = text[index]
            if CronParser.isDigit(byte) {
                hasDigits = true
                if isFraction {
                    weight /= 10
                    number += weight * Double(byte - 0x30)
                } else {
                    number = number * 10 + Double(byte - 0x30)
                }
            } else if byte == UInt8(ascii: "."), !isFraction {
                isFraction = true
            } else {
                break
            }
            index += 1
        }
        return hasDigits ? number : nil
    }

    /// The milliseconds of a unit.
    private static func unit(_ text: Slice<UnsafeBufferPointer<UInt8>>, _ index: inout Int) -> Double? {
        let start = index
        while index < text.endIndex, !CronParser.isDigit(text[index]), text[index] != UInt8(ascii: ".") { index += 1 }
        switch String(decoding: text[start..<index], as: UTF8.self) {
        case "w": return 7 * 86_400_000
        case "d": return 86_400_000
        case "h": return 3_600_000
        case "m": return 60_000
        case "s": return 1_000
        case "ms": return 1
        case "us", "µs", "μs": return 0.001
        case "ns": return 0.000_001
        default: return nil
        }
    }
}
