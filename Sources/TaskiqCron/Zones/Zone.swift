// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A time zone: what the clocks of a place show at every instant.
///
/// Zones come from the system's zone files and stay cached, so getting one again is cheap, and copies share their table.
/// ```swift
/// let berlin = try Zone(identifier: "Europe/Berlin")
/// berlin.offsetSeconds(at: Timestamp(secondsSinceEpoch: 0))  // 3600
/// ```
public struct Zone: Sendable {
    /// The identifier: `Europe/Berlin`, `UTC`, or an offset in the form `+03:00`.
    public let identifier: String

    let rules: ZoneRules

    init(identifier: String, rules: ZoneRules) {
        self.identifier = identifier
        self.rules = rules
    }

    /// Coordinated Universal Time.
    public static let utc = Zone(identifier: "UTC", rules: ZoneRules(fixedOffset: 0))

    /// Creates a zone with one offset for ever, or nil if the offset is not less than 24 hours.
    ///
    /// - Parameter seconds: What to add to UTC to get local time, in seconds.
    public init?(offsetSeconds seconds: Int) {
        guard (-86_399...86_399).contains(seconds) else { return nil }
        var text = DateTimeText()
        text.append(offsetMinutes: seconds / 60)
        let rest = Int(seconds.magnitude) % 60
        let tail = rest == 0 ? "" : rest < 10 ? ":0\(rest)" : ":\(rest)"
        // Less than a minute west has no minus sign in its minutes.
        let sign = seconds < 0 && seconds > -60
        let name = (sign ? "-" + text.string.dropFirst() : text.string) + tail
        self.init(identifier: name, rules: ZoneRules(fixedOffset: seconds))
    }

    /// What to add to UTC to get local time at an instant, in seconds.
    public func offsetSeconds(at timestamp: Timestamp) -> Int {
        rules.span(at: Int(timestamp.secondsSinceEpoch)).offset
    }

    /// What the zone's clocks show at an instant, in whole seconds.
    ///
    /// - Returns: The local time; nil only where its year would be 0000 or 10000.
    public func civil(at timestamp: Timestamp) -> CivilDateTime? {
        let seconds = Int(timestamp.secondsSinceEpoch)
        let civil = CivilDateTime(localSeconds: seconds + rules.span(at: seconds).offset)
        return (1...9999).contains(civil.year) ? civil : nil
    }
}

extension Zone: Hashable {
    /// Zones are equal if they have the same identifier and the same offsets at all times.
    public static func == (first: Zone, second: Zone) -> Bool {
        first.identifier == second.identifier && first.rules == second.rules
    }

    /// Hashes the identifier.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(identifier)
    }
}

extension Zone: CustomStringConvertible {
    /// The identifier.
    public var description: String { identifier }
}
