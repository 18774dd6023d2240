// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronExpression {
    /// The first instant later than another one at which the expression fires.
    ///
    /// `@every` counts from the instant given, which should therefore be the one that it was last due at.
    ///
    /// - Parameters:
    ///   - timestamp: The instant to start from; it is never the result itself.
    ///   - zone: The zone whose clocks the fields speak of, unless the expression names one.
    /// - Returns: The instant, a whole second; nil if there is none up to the end of the year 2199.
    @inline(never)
    public func next(after timestamp: Timestamp, in zone: Zone) -> Timestamp? {
        let flags = flags
        guard flags.isDisjoint(with: Self.unusual), storage.header.fields.months != 0 else {
            return unusualNext(after: timestamp, in: zone, policy: .automatic)
        }
        let isWildcard = flags.contains(.wildcardTime)
        let seconds = storage.withSearch { search in
            search.next(
                after: Int(timestamp.secondsSinceEpoch),
                in: zone.rules,
                TransitionRule(isWildcard: isWildcard)
            )
        }
        return seconds.map { Timestamp(secondsSinceEpoch: Int64($0)) }
    }

    /// The first instant later than another one at which the expression fires, by a policy for jumps of the clock.
    ///
    /// - Parameters:
    ///   - timestamp: The instant to start from; it is never the result itself.
    ///   - zone: The zone whose clocks the fields speak of, unless the expression names one.
    ///   - policy: What happens to local times that clocks skip or repeat.
    /// - Returns: The instant, a whole second; nil if there is none up to the end of the year 2199.
    public func next(after timestamp: Timestamp, in zone: Zone, policy: TransitionPolicy) -> Timestamp? {
        unusualNext(after: timestamp, in: zone, policy: policy)
    }

    private func unusualNext(after timestamp: Timestamp, in zone: Zone, policy: TransitionPolicy) -> Timestamp? {
        if flags.contains(.interval) {
            let next = timestamp + .milliseconds(storage.intervalMilliseconds)
            // The sum saturates at the end of time, and a next instant must not be the same one.
            return next > timestamp && next <= Self.endOfSearch ? next : nil
        }
        guard storage.header.fields.months != 0 else { return nil }
        let rules = (storage.zone ?? zone).rules
        let rule = TransitionRule(policy, isWildcard: flags.contains(.wildcardTime))
        let seconds = storage.withSearch { $0.next(after: Int(timestamp.secondsSinceEpoch), in: rules, rule) }
        return seconds.map { Timestamp(secondsSinceEpoch: Int64($0)) }
    }

    /// The last instant earlier than another one at which the expression fires.
    ///
    /// - Parameters:
    ///   - timestamp: The instant to start from; it is never the result itself.
    ///   - zone: The zone whose clocks the fields speak of, unless the expression names one.
    ///   - policy: What happens to local times that clocks skip or repeat.
    /// - Returns: The instant; nil if there is none from the year 0001 on.
    public func previous(
        before timestamp: Timestamp,
        in zone: Zone,
        policy: TransitionPolicy = .automatic
    ) -> Timestamp? {
        if flags.contains(.interval) {
            let previous = timestamp - .milliseconds(storage.intervalMilliseconds)
            return previous < timestamp && previous > .earliest ? previous : nil
        }
        guard storage.header.fields.months != 0 else { return nil }
        let rules = (storage.zone ?? zone).rules
        let rule = TransitionRule(policy, isWildcard: flags.contains(.wildcardTime))
        guard
            let seconds = storage.withSearch({ $0.previous(onOrBefore: timestamp.lastSecondBefore, in: rules, rule) }),
            seconds >= Int(Timestamp.earliest.secondsSinceEpoch)
        else { return nil }
        return Timestamp(secondsSinceEpoch: Int64(seconds))
    }

    /// Whether the expression fires in the second that an instant lies in.
    ///
    /// - Parameters:
    ///   - timestamp: The instant; its milliseconds do not matter.
    ///   - zone: The zone whose clocks the fields speak of, unless the expression names one.
    ///   - policy: What happens to local times that clocks skip or repeat.
    /// - Returns: Exactly whether ``next(after:in:)`` yields that second for the instant just before it; always false
    ///   for `@every`, which has no instants of its own.
    public func matches(_ timestamp: Timestamp, in zone: Zone, policy: TransitionPolicy = .automatic) -> Bool {
        guard flags.isDisjoint(with: [.interval]), storage.header.fields.months != 0 else { return false }
        let seconds = Int(timestamp.secondsSinceEpoch)
        let rules = (storage.zone ?? zone).rules
        let rule = TransitionRule(policy, isWildcard: flags.contains(.wildcardTime))
        return storage.withSearch { $0.next(after: seconds - 1, in: rules, rule) } == seconds
    }

    /// How many instants between two others fire.
    ///
    /// The cost grows with the months in between and not with the result.
    ///
    /// - Parameters:
    ///   - start: The instant after which to count; it does not count itself.
    ///   - end: The instant before which to count; it does not count itself.
    ///   - zone: The zone whose clocks the fields speak of, unless the expression names one.
    ///   - policy: What happens to local times that clocks skip or repeat.
    /// - Returns: The length that ``occurrences(after:until:in:policy:)`` has.
    public func count(
        after start: Timestamp,
        until end: Timestamp,
        in zone: Zone,
        policy: TransitionPolicy = .automatic
    ) -> Int {
        guard start < end else { return 0 }
        if flags.contains(.interval) {
            let last = min(end.millisecondsSinceEpoch, Self.endOfSearch.millisecondsSinceEpoch + 1)
            let length = last - start.millisecondsSinceEpoch - 1
            return max(0, Int(length / storage.intervalMilliseconds))
        }
        guard storage.header.fields.months != 0 else { return 0 }
        let rules = (storage.zone ?? zone).rules
        let rule = TransitionRule(policy, isWildcard: flags.contains(.wildcardTime))
        let first = Int(start.secondsSinceEpoch) + 1
        // Whatever lies beyond the years that are searched cannot fire; no need to walk its spans.
        let last = min(end.lastSecondBefore, Int(Self.endOfSearch.secondsSinceEpoch) + 2 * 86_400)
        guard first <= last else { return 0 }
        return storage.withSearch { $0.count(in: first..<(last + 1), in: rules, rule) }
    }

    /// The instants later than another one at which the expression fires, in order, computed as they are asked for.
    ///
    /// - Parameters:
    ///   - timestamp: The instant to start from; it does not belong to the sequence.
    ///   - end: The instant before which the sequence ends; it does not belong to the sequence either.
    ///   - zone: The zone whose clocks the fields speak of, unless the expression names one.
    ///   - policy: What happens to local times that clocks skip or repeat.
    /// - Returns: A sequence that goes on to the year 2199 unless `end` is earlier.
    public func occurrences(
        after timestamp: Timestamp,
        until end: Timestamp = .latest,
        in zone: Zone,
        policy: TransitionPolicy = .automatic
    ) -> CronOccurrences {
        CronOccurrences(expression: self, zone: zone, policy: policy, last: timestamp, end: end)
    }

    private static var unusual: CronFields.Flags { [.zone, .interval, .reboot] }

    /// The last millisecond of the year 2199.
    private static let endOfSearch = Timestamp(millisecondsSinceEpoch: 84_006 * 86_400_000 - 1)
}

extension Timestamp {
    /// The last whole second that is earlier.
    fileprivate var lastSecondBefore: Int {
        let seconds = secondsSinceEpoch
        return Int(seconds * 1_000 == millisecondsSinceEpoch ? seconds - 1 : seconds)
    }
}
