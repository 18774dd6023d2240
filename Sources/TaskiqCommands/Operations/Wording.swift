// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

/// How times and counts are said to people.
enum Wording {
    /// How long ago something was, or how long it is until then.
    static func age(_ instant: Timestamp?, at now: Timestamp = WallClock.now) -> String {
        guard let instant else { return "-" }
        let past = instant.duration(to: now)
        if past < .zero { return "in \(short(.zero - past))" }
        return short(past)
    }

    private static func short(_ duration: Duration) -> String {
        // Milliseconds tell nobody anything here.
        let seconds = duration.components.seconds
        return seconds < 1 ? "0 s" : Duration.seconds(seconds).formattedShortly
    }

    static func bytes(_ count: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(count), 0)
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(count) B" : "\((value * 10).rounded() / 10) \(units[unit])"
    }

    static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }

    /// A text cut to what a table has room for.
    static func short(_ text: String, _ width: Int = 60) -> String {
        text.count > width ? "\(text.prefix(width - 1))…" : text
    }

    static func microseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        return microseconds < 1000 ? "\(microseconds) µs" : "\(Double(microseconds / 10) / 100) ms"
    }
}
