// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How often something may happen: so many times per period, and how many at once.
public struct RateLimit: Sendable, Hashable {
    /// How many times per period; at least 1.
    public let rate: Int
    /// The period; at least a millisecond.
    public let period: Duration
    /// How many may happen at once after a pause; at least 1.
    public let burst: Int

    /// Makes a limit; numbers below the least become the least.
    ///
    /// - Parameters:
    ///   - rate: how many times per period.
    ///   - period: the period.
    ///   - burst: how many may happen at once after a pause; 1 when not given, as in Celery: they come evenly, and
    ///     no period sees more than the rate.
    public init(_ rate: Int, per period: Duration, burst: Int? = nil) {
        self.rate = min(max(1, rate), Self.most)
        self.period = min(max(.milliseconds(1), period), .seconds(31_556_952))
        self.burst = min(max(1, burst ?? 1), Self.most)
    }

    /// Reads a limit as Celery spells it: `10/s`, `100/m`, `5/h`, or a number alone, per second.
    ///
    /// - Parameter text: the text.
    /// - Throws: `TaskiqError` with code `invalidArguments` that says how a limit is written.
    public init(parsing text: String) throws(TaskiqError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let count = parts.first.flatMap { Int($0) }
        let unit: Duration? =
            switch parts.count == 2 ? parts[1] : "s" {
            case "s": .seconds(1)
            case "m": .seconds(60)
            case "h": .seconds(3600)
            default: nil
            }
        guard let count, let unit, count > 0, count <= Self.most else {
            throw TaskiqError(
                .invalidArguments,
                "a rate limit is a number from 1 to \(Self.most) and /s, /m or /h, as in 10/s; "
                    + "found \"\(text.prefix(60))\""
            )
        }
        self.init(count, per: unit)
    }

    /// The time between two when they come evenly.
    var interval: Duration { period / rate }

    private static let most = 1_000_000
}

extension Label {
    /// How often the task may run, as in `10/s`, `100/m`, `5/h`.
    public static var rateLimit: Label<String> { Label<String>("rate_limit") }
}

extension Labels.Entry {
    /// How often the task may run, as in `10/s`, `100/m`, `5/h`; needs a `RateLimitMiddleware`.
    public static func rateLimit(_ text: String) -> Self {
        .label(.rateLimit, text)
    }
}
