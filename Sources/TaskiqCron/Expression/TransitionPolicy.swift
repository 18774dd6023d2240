// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What happens to a cron schedule when the clocks of its zone are set forward or back.
///
/// The default is the rule of Debian's cron daemon. It treats two kinds of jobs differently: a *wildcard* job, whose
/// second, minute or hour starts with `*`, follows real time; every other job is a *fixed-time* job.
/// ```swift
/// expression.next(after: now, in: berlin, policy: TransitionPolicy(gap: .skip, repeated: .once))
/// ```
public struct TransitionPolicy: Hashable, Sendable {
    /// What happens to a local time that clocks skip.
    public struct Gap: Hashable, Sendable, CustomStringConvertible {
        private let rawValue: UInt8

        /// The name of the choice.
        public var description: String { ["automatic", "run-after", "skip"][Int(rawValue)] }

        /// The choice of a name, `run_after` being another spelling; nil for any other text.
        public init?(name: String) {
            let name = name == "run_after" ? "run-after" : name
            guard let choice = [Gap.automatic, .runAfter, .skip].first(where: { $0.description == name }) else {
                return nil
            }
            self = choice
        }

        private init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// A fixed-time job runs right after the gap, a wildcard job does not run for it.
        public static let automatic = Gap(rawValue: 0)
        /// Every job with a skipped time runs at the first instant after the gap, once however many times it skips.
        ///
        /// Gaps of three hours and more, where a zone changes its side of the date line, are never made up for.
        public static let runAfter = Gap(rawValue: 1)
        /// No job runs for a skipped time.
        public static let skip = Gap(rawValue: 2)
    }

    /// What happens to a local time that clocks show twice.
    public struct Repeated: Hashable, Sendable, CustomStringConvertible {
        private let rawValue: UInt8

        /// The name of the choice.
        public var description: String { ["automatic", "once", "twice"][Int(rawValue)] }

        /// The choice of a name; nil for any other text.
        public init?(name: String) {
            guard let choice = [Repeated.automatic, .once, .twice].first(where: { $0.description == name }) else {
                return nil
            }
            self = choice
        }

        private init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// A fixed-time job runs the first time only, a wildcard job both times.
        public static let automatic = Repeated(rawValue: 0)
        /// Every job runs the first time only.
        public static let once = Repeated(rawValue: 1)
        /// Every job runs both times.
        public static let twice = Repeated(rawValue: 2)
    }

    /// What happens to a local time that clocks skip.
    public var gap: Gap
    /// What happens to a local time that clocks show twice.
    public var repeated: Repeated

    /// Creates a policy.
    ///
    /// - Parameters:
    ///   - gap: What happens to a local time that clocks skip.
    ///   - repeated: What happens to a local time that clocks show twice.
    public init(gap: Gap = .automatic, repeated: Repeated = .automatic) {
        self.gap = gap
        self.repeated = repeated
    }

    /// The rule of Debian's cron daemon.
    public static let automatic = TransitionPolicy()
}

extension TransitionPolicy: CustomStringConvertible {
    /// Both choices by name.
    public var description: String { "gap \(gap), repeat \(repeated)" }
}

/// A policy applied to an expression.
struct TransitionRule: Hashable, Sendable {
    /// A skipped local time fires at the end of the gap.
    var replaysGaps: Bool
    /// A repeated local time fires both times.
    var repeatsFolds: Bool

    @inline(__always)
    init(isWildcard: Bool) {
        replaysGaps = !isWildcard
        repeatsFolds = isWildcard
    }

    init(_ policy: TransitionPolicy, isWildcard: Bool) {
        replaysGaps = policy.gap == .automatic ? !isWildcard : policy.gap == .runAfter
        repeatsFolds = policy.repeated == .automatic ? isWildcard : policy.repeated == .twice
    }

    /// The seconds from which on a jump of the clock is no daylight saving time but a change of zone or date line.
    static var replayLimit: Int { 3 * 3_600 }
}
