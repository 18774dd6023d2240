// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The instants at which the clocks of a zone show a local time.
public enum LocalInstants: Hashable, Sendable {
    /// Clocks skip the local time at this transition.
    case skipped(Zone.Transition)
    /// Clocks show the local time once.
    case unique(Timestamp)
    /// Clocks are set back and show the local time twice.
    case repeated(first: Timestamp, second: Timestamp)

    /// The first instant with the local time; nil if it is skipped.
    public var first: Timestamp? {
        switch self {
        case .skipped: nil
        case .unique(let timestamp): timestamp
        case .repeated(let first, _): first
        }
    }
}

extension Zone {
    /// The instants at which the zone's clocks show a local time.
    ///
    /// - Parameter civil: The local time.
    /// - Returns: No instant, one, or the first and the last one if clocks were set back.
    public func instants(of civil: CivilDateTime) -> LocalInstants {
        let local = civil.localSeconds
        var matches: [Int] = []
        var span = rules.span(at: local - rules.maximumOffset)
        var gap = span
        // Every instant with this local time lies between local - maximumOffset and local - minimumOffset.
        while true {
            if local >= span.localStart, local < span.localEnd { matches.append(local - span.offset) }
            if span.seenUntil <= local, local < span.localStart { gap = span }
            if span.end > local - rules.minimumOffset { break }
            span = rules.span(at: span.end)
        }
        guard let first = matches.first, let last = matches.last else {
            return .skipped(
                Transition(
                    timestamp: Timestamp(secondsSinceEpoch: Int64(gap.start)),
                    offsetBefore: rules.span(at: gap.start - 1).offset,
                    offsetAfter: gap.offset
                )
            )
        }
        let firstInstant = Timestamp(secondsSinceEpoch: Int64(first))
        if first == last { return .unique(firstInstant) }
        return .repeated(first: firstInstant, second: Timestamp(secondsSinceEpoch: Int64(last)))
    }
}
