// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Zone {
    /// Creates the zone of a `cron_offset` as Python taskiq's schedules have it.
    ///
    /// A `cron_offset` is the name of a zone or a duration that is added to UTC. Durations come in the spellings in which
    /// Python writes a `timedelta`: ISO 8601 (`PT2H`, `-PT3H30M`, `P0DT5H30M`), `2:00:00`, and `-1 day, 21:00:00`.
    ///
    /// - Parameter text: A zone's identifier, an offset such as `+02:00`, or a duration of less than 24 hours.
    /// - Throws: ``ZoneError`` for anything else.
    public init(cronOffset text: String) throws(ZoneError) {
        if let seconds = CronOffsetDuration.seconds(of: text) {
            try self.init(cronOffset: .seconds(seconds), text)
        } else {
            try self.init(identifier: text)
        }
    }

    /// Creates the zone of a `cron_offset` that is a duration.
    ///
    /// - Parameter duration: What to add to UTC; less than 24 hours, parts of a second are dropped.
    /// - Throws: ``ZoneError`` for a longer one.
    public init(cronOffset duration: Duration) throws(ZoneError) {
        try self.init(cronOffset: duration, "\(duration)")
    }

    private init(cronOffset duration: Duration, _ text: String) throws(ZoneError) {
        guard duration > .seconds(-86_400), duration < .seconds(86_400),
            let zone = Zone(offsetSeconds: Int(duration.components.seconds))
        else {
            throw ZoneError(.invalidIdentifier, text, "a duration as an offset is less than 24 hours")
        }
        self = zone == Self.zero ? .utc : zone
    }

    private static let zero = Zone(offsetSeconds: 0)
}

/// Reads the spellings of a Python `timedelta`.
private enum CronOffsetDuration {
    /// The seconds, or nil if the text is no duration.
    static func seconds(of text: String) -> Int64? {
        let text = Substring(text)
        guard text.utf8.count <= 32 else { return nil }
        return iso8601(text) ?? clock(text)
    }

    /// `-P1DT2H30M5S`.
    private static func iso8601(_ text: Substring) -> Int64? {
        var rest = text
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        guard rest.first == "P" else { return nil }
        rest = rest.dropFirst()
        var total: Int64 = 0
        var isTime = false
        var hasParts = false
        while !rest.isEmpty {
            if rest.first == "T", !isTime {
                isTime = true
                rest = rest.dropFirst()
                continue
            }
            guard let number = digits(&rest) else { return nil }
            // A fraction of a second is dropped.
            if rest.first == "." {
                rest = rest.dropFirst()
                guard digits(&rest) != nil, rest.first == "S" else { return nil }
            }
            guard let unit = rest.popFirst(), let size = seconds(of: unit, isTime: isTime) else { return nil }
            total += number * size
            hasParts = true
        }
        return hasParts ? (isNegative ? -total : total) : nil
    }

    private static func seconds(of unit: Character, isTime: Bool) -> Int64? {
        switch (unit, isTime) {
        case ("W", false): 604_800
        case ("D", false): 86_400
        case ("H", true): 3_600
        case ("M", true): 60
        case ("S", true): 1
        default: nil
        }
    }

    /// `2:30:00`, `-1 day, 21:00:00`, perhaps with a fraction.
    private static func clock(_ text: Substring) -> Int64? {
        var rest = text
        var days: Int64 = 0
        if let comma = rest.range(of: " day, ") ?? rest.range(of: " days, ") {
            var number = rest[..<comma.lowerBound]
            let isNegative = number.first == "-"
            if isNegative { number = number.dropFirst() }
            guard let count = digits(&number), number.isEmpty else { return nil }
            days = isNegative ? -count : count
            rest = rest[comma.upperBound...]
        }
        guard let hours = digits(&rest), rest.popFirst() == ":", let minutes = digits(&rest), rest.popFirst() == ":",
            let seconds = digits(&rest), hours < 24, minutes < 60, seconds < 60
        else { return nil }
        if rest.popFirst() == "." { guard digits(&rest) != nil else { return nil } }
        guard rest.isEmpty else { return nil }
        return days * 86_400 + hours * 3_600 + minutes * 60 + seconds
    }

    /// The digits at the beginning, at most nine of them, so that nothing overflows.
    private static func digits(_ text: inout Substring) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.count), let number = Int64(digits) else { return nil }
        text = text.dropFirst(digits.count)
        return number
    }
}

extension Substring {
    /// Where a text occurs first.
    fileprivate func range(of other: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}
