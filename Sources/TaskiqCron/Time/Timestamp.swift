// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// An instant in UTC, in whole milliseconds since the Unix epoch.
///
/// A timestamp lies in the years 0001 to 9999, the range of RFC 3339 text: a value outside it becomes ``earliest`` or
/// ``latest``, so every timestamp can be printed, encoded and read back, and arithmetic saturates instead of trapping.
public struct Timestamp: Hashable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public let millisecondsSinceEpoch: Int64

    /// Creates a timestamp from milliseconds since 1970-01-01T00:00:00Z; saturates at the years 0001 and 9999.
    public init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = min(max(millisecondsSinceEpoch, Self.lowerBound), Self.upperBound)
    }

    /// Creates a timestamp from seconds since 1970-01-01T00:00:00Z; saturates at the years 0001 and 9999.
    public init(secondsSinceEpoch: Int64) {
        let (milliseconds, overflow) = secondsSinceEpoch.multipliedReportingOverflow(by: 1_000)
        self.init(millisecondsSinceEpoch: overflow ? (secondsSinceEpoch < 0 ? .min : .max) : milliseconds)
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded towards the past.
    public var secondsSinceEpoch: Int64 {
        Int64(Int(millisecondsSinceEpoch).flooredQuotient(by: 1_000))
    }

    /// 1970-01-01T00:00:00Z.
    public static let epoch = Timestamp(millisecondsSinceEpoch: 0)

    /// 0001-01-01T00:00:00Z.
    public static let earliest = Timestamp(millisecondsSinceEpoch: lowerBound)

    /// 9999-12-31T23:59:59.999Z.
    public static let latest = Timestamp(millisecondsSinceEpoch: upperBound)

    private static var lowerBound: Int64 { -62_135_596_800_000 }
    private static var upperBound: Int64 { 253_402_300_799_999 }
}

extension Timestamp: Comparable {
    /// Orders timestamps from past to future.
    public static func < (first: Timestamp, second: Timestamp) -> Bool {
        first.millisecondsSinceEpoch < second.millisecondsSinceEpoch
    }
}

extension Timestamp {
    /// The instant a duration later, or earlier if it is negative.
    ///
    /// Parts of a millisecond are dropped (rounded towards zero). Saturates at ``earliest`` and ``latest``.
    public func adding(_ duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = Self.clamped(duration).components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        return Timestamp(millisecondsSinceEpoch: millisecondsSinceEpoch + milliseconds)
    }

    /// A duration no longer than a little more than the distance of any two timestamps.
    ///
    /// The extremes of `Duration` can be neither negated nor split into components without a trap.
    private static func clamped(_ duration: Duration) -> Duration {
        let limit = Duration.seconds(400_000_000_000)
        return min(max(duration, .zero - limit), limit)
    }

    /// The time from this instant to another one; negative if the other one is earlier.
    public func duration(to other: Timestamp) -> Duration {
        .milliseconds(other.millisecondsSinceEpoch - millisecondsSinceEpoch)
    }

    /// The instant a duration later; see ``adding(_:)``.
    public static func + (timestamp: Timestamp, duration: Duration) -> Timestamp {
        timestamp.adding(duration)
    }

    /// The instant a duration earlier; see ``adding(_:)``.
    public static func - (timestamp: Timestamp, duration: Duration) -> Timestamp {
        timestamp.adding(.zero - clamped(duration))
    }

    /// The time from the second instant to the first.
    public static func - (end: Timestamp, start: Timestamp) -> Duration {
        start.duration(to: end)
    }
}
