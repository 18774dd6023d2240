// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronFields {
    /// The first instant later than another one at which the expression fires.
    ///
    /// The rule is the one of Debian's cron daemon:
    /// - With a wildcard time (see ``Flags/wildcardTime``) every instant counts whose local time matches.
    /// - Else every matching local time fires once: a time that clocks skip fires at the end of the gap, provided the
    ///   gap is shorter than three hours, and a time that they repeat fires when it comes first.
    ///
    /// - Parameters:
    ///   - seconds: The instant in seconds since the Unix epoch.
    ///   - rules: The zone.
    /// - Returns: The instant in the same unit, or nil if there is none up to the end of ``lastYear``.
    @inline(__always)
    func next(after seconds: Int, in rules: ZoneRules) -> Int? {
        flags.contains(.wildcardTime)
            ? nextOfWildcardTime(after: seconds, in: rules) : nextOfFixedTime(after: seconds, in: rules)
    }

    @inline(__always)
    private func nextOfFixedTime(after seconds: Int, in rules: ZoneRules) -> Int? {
        var span = rules.span(at: seconds)
        guard var local = firstMatch(onOrAfter: max(seconds &+ 1 &+ span.offset, span.seenUntil)) else { return nil }
        // From here on `local` is the first match among the local times not yet seen when the span starts.
        while true {
            if local < span.localStart {
                // Skipped at the beginning of the span.
                if span.offset &- span.seenOffset < Self.replayLimit { return span.start }
                guard let later = firstMatch(onOrAfter: span.localStart) else { return nil }
                local = later
            } else if local < span.localEnd {
                return local &- span.offset
            } else {
                // No span that ends before this instant can reach as far as `local`.
                span = rules.span(at: max(span.end, local &- rules.maximumOffset))
            }
        }
    }

    @inline(__always)
    private func nextOfWildcardTime(after seconds: Int, in rules: ZoneRules) -> Int? {
        var span = rules.span(at: seconds)
        var first = seconds &+ 1
        while true {
            guard let local = firstMatch(onOrAfter: first &+ span.offset) else { return nil }
            if local < span.localEnd { return local &- span.offset }
            first = span.end
            if local &- rules.maximumOffset > first {
                // A long way off: skip the spans in between. Clocks may be set back, so search again from the earliest
                // local time that can follow; whatever comes after the span then shows no match before `earliest`.
                guard let earliest = firstMatch(onOrAfter: first &+ rules.minimumOffset) else { return nil }
                first = max(first, earliest &- rules.maximumOffset)
            }
            span = rules.span(at: first)
        }
    }

    /// The seconds from which on a jump of the clock is no daylight saving time but a change of zone or date line.
    private static var replayLimit: Int { 3 * 3_600 }
}
