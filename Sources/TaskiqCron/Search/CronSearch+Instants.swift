// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Instants of a zone, in seconds since the Unix epoch.
///
/// A matching local time fires when a span of the zone shows it. With ``TransitionRule/repeatsFolds`` each span counts
/// for itself; else a local time fires only where clocks show it for the first time. With
/// ``TransitionRule/replaysGaps`` the start of a span fires too if clocks skipped a matching time there.
extension CronSearch {
    /// The first instant later than another one at which the expression fires, or nil up to the end of ``lastYear``.
    @inline(__always)
    func next(after seconds: Int, in rules: ZoneRules, _ rule: TransitionRule) -> Int? {
        rule.repeatsFolds
            ? nextOfEverySpan(after: seconds, in: rules, rule) : nextOfUnseenTimes(after: seconds, in: rules, rule)
    }

    @inline(__always)
    private func nextOfUnseenTimes(after seconds: Int, in rules: ZoneRules, _ rule: TransitionRule) -> Int? {
        var span = rules.span(at: seconds)
        guard var local = firstMatch(onOrAfter: max(seconds &+ 1 &+ span.offset, span.seenUntil)) else { return nil }
        // From here on `local` is the first match among the local times not yet seen when the span starts.
        while true {
            if local < span.localStart {
                // Skipped at the beginning of the span.
                if span.replaysGap(rule) { return span.start }
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
    private func nextOfEverySpan(after seconds: Int, in rules: ZoneRules, _ rule: TransitionRule) -> Int? {
        var span = rules.span(at: seconds)
        var first = seconds &+ 1
        while true {
            if first == span.start, span.replaysGap(rule),
                let skipped = firstMatch(onOrAfter: span.seenUntil), skipped < span.localStart
            {
                return span.start
            }
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

    /// The last instant that is not later than another one at which the expression fires, or nil.
    func previous(onOrBefore seconds: Int, in rules: ZoneRules, _ rule: TransitionRule) -> Int? {
        var last = seconds
        var span = rules.span(at: last)
        while true {
            guard let local = lastMatch(onOrBefore: last + span.offset) else { break }
            let firstLocal = rule.repeatsFolds ? span.localStart : max(span.localStart, span.seenUntil)
            if local >= firstLocal { return local - span.offset }
            if span.replaysGap(rule), let skipped = lastMatch(onOrBefore: span.localStart - 1),
                skipped >= span.seenUntil
            {
                return span.start
            }
            last = span.start - 1
            // No local time up to `latest` matches but it, so nothing fires after an instant that can show it.
            guard let latest = lastMatch(onOrBefore: last + rules.maximumOffset) else { return nil }
            last = min(last, latest - rules.minimumOffset)
            span = rules.span(at: last)
        }
        return nil
    }

    /// How many instants of a range fire.
    func count(in range: Range<Int>, in rules: ZoneRules, _ rule: TransitionRule) -> Int {
        var count = 0
        var first = range.lowerBound
        while first < range.upperBound {
            let span = rules.span(at: first)
            let end = min(span.end, range.upperBound)
            var local = first + span.offset
            if !rule.repeatsFolds { local = max(local, span.seenUntil) }
            if first == span.start, span.replaysGap(rule),
                let skipped = firstMatch(onOrAfter: span.seenUntil), skipped < span.localStart
            {
                // The first local time of the span may match as well; that is the same instant.
                count += 1
                local = max(local, span.localStart + 1)
            }
            if local < end + span.offset { count += countMatches(in: local..<(end + span.offset)) }
            first = end
        }
        return count
    }
}

extension ZoneSpan {
    /// Whether the span begins with a gap whose local times fire at its start.
    @inline(__always)
    fileprivate func replaysGap(_ rule: TransitionRule) -> Bool {
        let gap = offset &- seenOffset
        return rule.replaysGaps && gap > 0 && gap < TransitionRule.replayLimit
    }
}
