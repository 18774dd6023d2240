// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a jump of the clock does to a cron expression.
public struct TransitionEffect: Hashable, Sendable {
    /// What becomes of the local times that are touched.
    public struct Outcome: Hashable, Sendable, CustomStringConvertible {
        /// The name of the outcome.
        public let description: String

        /// Clocks skip the times; the job runs once, at the first instant after the gap.
        public static let runsAfterGap = Outcome(description: "runs-after-gap")
        /// Clocks skip the times; the job does not run for them.
        public static let doesNotRun = Outcome(description: "does-not-run")
        /// Clocks show the times twice; the job runs the first time only.
        public static let runsOnce = Outcome(description: "runs-once")
        /// Clocks show the times twice; the job runs both times.
        public static let runsTwice = Outcome(description: "runs-twice")
    }

    /// The jump.
    public let transition: Zone.Transition
    /// The first matching local time that clocks skip or repeat.
    public let firstLocalTime: CivilDateTime
    /// The last matching local time that clocks skip or repeat.
    public let lastLocalTime: CivilDateTime
    /// How many matching local times clocks skip or repeat.
    public let count: Int
    /// What becomes of them.
    public let outcome: Outcome
}

extension TransitionEffect: CustomStringConvertible {
    /// A sentence, such as `clocks go forward at 2027-03-28T01:00:00Z and skip 02:30: runs right after the gap`.
    public var description: String {
        let isGap = outcome == .runsAfterGap || outcome == .doesNotRun
        let times =
            count == 1
            ? Self.time(firstLocalTime)
            : "\(Self.time(firstLocalTime)) to \(Self.time(lastLocalTime)) (\(count) times)"
        let consequence =
            switch outcome {
            case .runsAfterGap: "runs once, right after the gap"
            case .doesNotRun: "does not run for \(count == 1 ? "it" : "them")"
            case .runsOnce: "runs the first time only"
            default: "runs both times"
            }
        return isGap
            ? "clocks go forward at \(transition.timestamp) and skip \(times): \(consequence)"
            : "clocks go back at \(transition.timestamp) and show \(times) twice: \(consequence)"
    }

    private static func time(_ civil: CivilDateTime) -> String {
        let text = civil.description.split(separator: "T").last.map(String.init) ?? ""
        return civil.second == 0 ? String(text.dropLast(3)) : text
    }
}

extension CronExpression {
    /// What the jumps of a zone's clocks do to the expression.
    ///
    /// - Parameters:
    ///   - start: Jumps later than this instant are looked at.
    ///   - end: Jumps earlier than this instant are looked at.
    ///   - zone: The zone whose clocks the fields speak of, unless the expression names one.
    ///   - policy: What happens to local times that clocks skip or repeat.
    /// - Returns: An effect for each jump that touches a matching local time, in order.
    public func transitionEffects(
        after start: Timestamp,
        until end: Timestamp,
        in zone: Zone,
        policy: TransitionPolicy = .automatic
    ) -> [TransitionEffect] {
        let zone = self.zone ?? zone
        var effects: [TransitionEffect] = []
        var last = start
        while let transition = zone.transition(after: last), transition.timestamp < end {
            if let effect = effect(of: transition, in: zone, policy) { effects.append(effect) }
            last = transition.timestamp
        }
        return effects
    }

    private func effect(
        of transition: Zone.Transition,
        in zone: Zone,
        _ policy: TransitionPolicy
    ) -> TransitionEffect? {
        guard storage.header.fields.months != 0 else { return nil }
        let span = zone.rules.span(at: Int(transition.timestamp.secondsSinceEpoch))
        let rule = TransitionRule(policy, isWildcard: flags.contains(.wildcardTime))
        let isGap = span.offset > span.seenOffset
        let range =
            isGap
            ? span.seenUntil..<span.localStart
            : span.localStart..<max(span.localStart, min(span.seenUntil, span.localEnd))
        return storage.withSearch { search in
            guard let first = search.firstMatch(onOrAfter: range.lowerBound), first < range.upperBound,
                let last = search.lastMatch(onOrBefore: range.upperBound - 1)
            else { return nil }
            let outcome: TransitionEffect.Outcome
            if isGap {
                outcome =
                    rule.replaysGaps && range.count < TransitionRule.replayLimit ? .runsAfterGap : .doesNotRun
            } else {
                outcome = rule.repeatsFolds ? .runsTwice : .runsOnce
            }
            return TransitionEffect(
                transition: transition,
                firstLocalTime: CivilDateTime(localSeconds: first),
                lastLocalTime: CivilDateTime(localSeconds: last),
                count: search.countMatches(in: range),
                outcome: outcome
            )
        }
    }
}
