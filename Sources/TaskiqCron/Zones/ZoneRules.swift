// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The offsets of a zone for all time, immutable and shared by every copy of a ``Zone``.
///
/// A table holds the transitions up to ``lastTabledYear``, those of the zone file as well as those its rule yields, so
/// that the lookups of the years in use are an index and a step or two. Later instants ask the rule each time.
final class ZoneRules: Sendable {
    struct Entry: Hashable, Sendable {
        /// When the offset starts to hold, in seconds since the Unix epoch.
        var start: Int
        var offset: Int32
        /// See ``ZoneSpan/seenOffset``.
        var seenOffset: Int32
    }

    /// Ascending; the first one starts at ``ZoneSpan/distantPast``.
    let entries: [Entry]
    /// What holds from the start of the last entry on, if offsets still change then.
    let rule: PosixRule.Alternation?
    /// The smallest offset of the zone in seconds.
    let minimumOffset: Int
    /// The largest offset of the zone in seconds.
    let maximumOffset: Int

    /// For every bucket of 2^24 seconds (194 days) from ``firstBucket`` on the entry that holds at its beginning.
    private let entryOfBucket: [UInt16]
    private let firstBucket: Int
    private let ruleStart: Int

    /// The last year whose transitions are in the table.
    static let lastTabledYear = 2_200
    private static let bucketShift = 24

    /// Creates the rules of a zone with one offset for ever.
    convenience init(fixedOffset: Int) {
        self.init(initialOffset: fixedOffset, transitions: [], rule: nil)
    }

    /// Creates rules from transitions and what comes after them.
    ///
    /// - Parameters:
    ///   - initialOffset: The offset before the first transition in seconds.
    ///   - transitions: The transitions in ascending order of time.
    ///   - rule: The rule that holds after the last transition; if nil the last offset stays.
    init(initialOffset: Int, transitions: [(time: Int, offset: Int)], rule: PosixRule?) {
        var transitions = transitions
        var tail: PosixRule.Alternation?
        var initialOffset = initialOffset
        if let alternation = rule?.alternation {
            let last = transitions.last?.time ?? ZoneSpan.distantPast
            // A timestamp keeps the year of an absurd transition within the calendar's range.
            let lastInstant = Timestamp(secondsSinceEpoch: Int64(last)).secondsSinceEpoch
            let firstYear = max(1, CivilDateTime(localSeconds: Int(lastInstant)).year - 1)
            for year in firstYear..<max(Self.lastTabledYear + 1, firstYear + 3) {
                for transition in alternation.transitions(in: year) where transition.time > last {
                    transitions.append(transition)
                }
            }
            transitions.sort { $0.time < $1.time }
            tail = alternation
        } else if let rule, transitions.isEmpty {
            initialOffset = rule.standardOffset
        }

        var entries = [
            Entry(start: ZoneSpan.distantPast, offset: Int32(initialOffset), seenOffset: Int32(initialOffset))
        ]
        var latestLocal = ZoneSpan.distantPast
        for (time, offset) in transitions {
            let previous = entries[entries.count - 1]
            guard offset != Int(previous.offset) else { continue }
            latestLocal = max(latestLocal, time + Int(previous.offset))
            entries.append(Entry(start: time, offset: Int32(offset), seenOffset: Int32(latestLocal - time)))
        }

        let offsets = entries.map { Int($0.offset) } + (tail.map { [$0.standardOffset, $0.daylightOffset] } ?? [])
        minimumOffset = offsets.min() ?? initialOffset
        maximumOffset = offsets.max() ?? initialOffset
        self.entries = entries
        self.rule = tail
        ruleStart = tail == nil ? ZoneSpan.distantFuture : entries[entries.count - 1].start
        (firstBucket, entryOfBucket) = Self.index(entries)
    }

    /// The span that an instant, given in seconds since the Unix epoch, lies in.
    @inline(__always)
    func span(at seconds: Int) -> ZoneSpan {
        if seconds >= ruleStart, let rule { return rule.span(at: seconds) }
        var index = 0
        let bucket = (seconds >> Self.bucketShift) &- firstBucket
        if bucket >= 0 {
            index = Int(entryOfBucket[min(bucket, entryOfBucket.count &- 1)])
        }
        while index &+ 1 < entries.count, entries[index &+ 1].start <= seconds { index &+= 1 }
        let entry = entries[index]
        return ZoneSpan(
            start: entry.start,
            end: index &+ 1 < entries.count ? entries[index &+ 1].start : ZoneSpan.distantFuture,
            offset: Int(entry.offset),
            seenOffset: Int(entry.seenOffset)
        )
    }

    /// Builds the index; it covers the years 1800 to ``lastTabledYear``, before which a lookup steps from the beginning.
    private static func index(_ entries: [Entry]) -> (firstBucket: Int, entryOfBucket: [UInt16]) {
        let firstBucket = CivilDate.dayNumber(year: 1_800, month: 1, day: 1) * 86_400 >> bucketShift
        let lastBucket = CivilDate.dayNumber(year: lastTabledYear + 1, month: 1, day: 1) * 86_400 >> bucketShift
        // A zone with more transitions than an index can name is legal, if absurd; it is served without.
        guard entries.count > 1, entries.count <= Int(UInt16.max) else { return (lastBucket, [0]) }
        var buckets: [UInt16] = []
        var current = 0
        for bucket in firstBucket...lastBucket {
            while current + 1 < entries.count, entries[current + 1].start <= bucket << bucketShift { current += 1 }
            buckets.append(UInt16(current))
        }
        return (firstBucket, buckets)
    }
}

extension ZoneRules: Equatable {
    static func == (first: ZoneRules, second: ZoneRules) -> Bool {
        first === second || (first.entries == second.entries && first.rule == second.rule)
    }
}
