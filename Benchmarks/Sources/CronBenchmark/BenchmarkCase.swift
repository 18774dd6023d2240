// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// An expression whose next instant is asked for from starts that move on by a fixed stride.
struct BenchmarkCase {
    var name: String
    var expression: String
    var zone: String
    /// Seconds.
    var stride: Int64

    /// The cases that published figures of other engines are for; peers/cron.py has the same.
    static let all = [
        BenchmarkCase("every minute", "* * * * *", "UTC", 7_919),
        BenchmarkCase("every 5 min, Berlin", "*/5 * * * *", "Europe/Berlin", 7_919),
        BenchmarkCase("weekday 09:00, Berlin", "0 9 * * 1-5", "Europe/Berlin", 86_399),
        BenchmarkCase("daily 02:30, New York", "30 2 * * *", "America/New_York", 86_399),
        BenchmarkCase("1st of month, midnight", "0 0 1 * *", "UTC", 86_399 * 9),
        BenchmarkCase("business hours mix", "*/10 9-17 * * MON-FRI", "Europe/London", 7_919),
        BenchmarkCase("lists", "3,17,42 1,5,13,22 */3 2-11/3 *", "UTC", 86_399 * 3),
        BenchmarkCase("last Friday", "0 18 * * 5L", "Europe/Berlin", 86_399 * 5),
        BenchmarkCase("last day of month", "0 0 L * *", "UTC", 86_399 * 5),
        BenchmarkCase("Feb 29 only", "0 0 29 2 *", "UTC", 86_399 * 97),
        BenchmarkCase("5th Monday of Feb", "0 0 * 2 MON#5", "UTC", 86_399 * 97),
        BenchmarkCase("Friday 13th as OR", "0 0 13 * FRI", "UTC", 86_399 * 2),
        BenchmarkCase("impossible Feb 30", "0 0 30 2 *", "UTC", 86_399 * 97),
        BenchmarkCase("impossible 1st+last Mon", "0 0 */20 * 1L", "UTC", 86_399 * 97),
    ]

    init(_ name: String, _ expression: String, _ zone: String, _ stride: Int64) {
        self.name = name
        self.expression = expression
        self.zone = zone
        self.stride = stride
    }

    /// 2024-01-17T10:23:45Z.
    static let start: Int64 = 1_705_487_025
    static let startCount = 997
}
