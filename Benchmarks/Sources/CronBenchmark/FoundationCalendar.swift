// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation

/// Foundation's way to ask for the next instant, for the cases that date components can say.
enum FoundationCalendar {
    static func nanoseconds(of example: BenchmarkCase) -> Double? {
        guard let components = components(of: example.name), let zone = TimeZone(identifier: example.zone) else {
            return nil
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let starts = (0..<BenchmarkCase.startCount).map { index in
            Date(timeIntervalSince1970: Double(BenchmarkCase.start + example.stride * Int64(index)))
        }
        return nanosecondsPerCall(batches: 3) { index in
            consume(
                calendar.nextDate(after: starts[index % starts.count], matching: components, matchingPolicy: .nextTime)
            )
        }
    }

    private static func components(of name: String) -> DateComponents? {
        switch name {
        case "every minute": DateComponents(second: 0)
        case "daily 02:30, New York": DateComponents(hour: 2, minute: 30, second: 0)
        case "1st of month, midnight": DateComponents(day: 1, hour: 0, minute: 0, second: 0)
        case "Feb 29 only": DateComponents(month: 2, day: 29, hour: 0, minute: 0, second: 0)
        default: nil
        }
    }
}
