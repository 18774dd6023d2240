// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqCron

/// When a task is due.
public struct Schedule: Sendable, Hashable {
    /// The kinds of schedules.
    public enum Trigger: Sendable, Hashable {
        /// At each instant that one of the expressions names, in a time zone.
        case cron([CronExpression], Zone)
        /// Once per interval, counted from an anchor, so that it never drifts and all schedulers agree.
        case interval(Duration, anchor: Timestamp)
        /// Once.
        case once(Timestamp)
    }

    /// The shortest interval: 100 milliseconds.
    public static let shortestInterval = Duration.milliseconds(100)

    /// The kind, with its parts.
    public let trigger: Trigger
    /// What happens to a cron schedule when the clocks of its zone are set forward or back.
    public let transitions: TransitionPolicy

    /// Makes a schedule from its parts.
    ///
    /// - Parameters:
    ///   - trigger: the kind, with its parts.
    ///   - transitions: what happens to a cron schedule when the clocks of its zone are set forward or back.
    /// - Throws: `TaskiqError` with code `configuration` for an interval that is too short, no expression at all, or one
    ///   that never fires.
    public init(_ trigger: Trigger, transitions: TransitionPolicy = .automatic) throws(TaskiqError) {
        switch trigger {
        case .cron(let expressions, _):
            guard !expressions.isEmpty else {
                throw TaskiqError(.configuration, "a cron schedule needs at least one expression")
            }
            for expression in expressions {
                do {
                    try expression.checkFires()
                } catch {
                    throw TaskiqError(.configuration, "\(error)")
                }
            }
        case .interval(let interval, _):
            guard interval >= Self.shortestInterval, interval.inMilliseconds < 1 << 48 else {
                throw TaskiqError(.configuration, "an interval must be at least 100 ms, found \(interval)")
            }
        case .once: break
        }
        self.trigger = trigger
        self.transitions = transitions
    }

    private init(trusting trigger: Trigger, transitions: TransitionPolicy = .automatic) {
        self.trigger = trigger
        self.transitions = transitions
    }

    /// A cron schedule.
    ///
    /// - Parameters:
    ///   - text: the expression, for example `0 4 * * *`.
    ///   - zone: the time zone; UTC when not said.
    ///   - transitions: what happens when the clocks of the zone are set forward or back.
    /// - Returns: the schedule.
    /// - Throws: `CronError`.
    public static func cron(
        _ text: String,
        zone: Zone = .utc,
        transitions: TransitionPolicy = .automatic
    ) throws -> Schedule {
        let expression = try CronExpression(text)
        try expression.checkFires()
        return Schedule(trusting: .cron([expression], zone), transitions: transitions)
    }

    /// A schedule that is due once per interval, counted from the Unix epoch.
    ///
    /// - Parameter interval: the interval; a shorter one than 100 ms is taken as 100 ms.
    /// - Returns: the schedule.
    public static func every(_ interval: Duration) -> Schedule {
        Schedule(
            trusting: .interval(max(interval, shortestInterval), anchor: Timestamp(millisecondsSinceEpoch: 0))
        )
    }

    /// A schedule that is due once.
    ///
    /// - Parameter instant: when.
    /// - Returns: the schedule.
    public static func at(_ instant: Timestamp) -> Schedule {
        Schedule(trusting: .once(instant))
    }

    /// The schedule with the values of `H` in its cron expressions chosen by an identity.
    func seeded(by id: ScheduleID) -> Schedule {
        guard case .cron(let expressions, let zone) = trigger else { return self }
        return Schedule(trusting: .cron(expressions.map { $0.seeded(by: id.rawValue) }, zone), transitions: transitions)
    }

    /// The schedule in the zone of the same name with other offsets, if there is one.
    ///
    /// - Parameter zones: zones whose data have changed, by name.
    /// - Returns: the schedule, or itself if its zone is none of them.
    package func inZone(of zones: [String: Zone]) -> Schedule {
        guard case .cron(let expressions, let zone) = trigger, let changed = zones[zone.identifier] else { return self }
        return Schedule(trusting: .cron(expressions, changed), transitions: transitions)
    }

    /// The first instant at which it is due after another.
    ///
    /// - Parameter instant: the other instant.
    /// - Returns: the next one; nil when there is none.
    public func next(after instant: Timestamp) -> Timestamp? {
        switch trigger {
        case .once(let time):
            return time > instant ? time : nil
        case .cron(let expressions, let zone):
            return expressions.lazy.compactMap { $0.next(after: instant, in: zone, policy: transitions) }.min()
        case .interval(let interval, let anchor):
            let period = interval.inMilliseconds
            // Timestamps are bounded, so that neither this difference nor the sum below overflows.
            let elapsed = instant.millisecondsSinceEpoch - anchor.millisecondsSinceEpoch
            let passed = elapsed / period - (elapsed % period < 0 ? 1 : 0)
            let (offset, overflow) = (passed + 1).multipliedReportingOverflow(by: period)
            guard !overflow, offset <= Timestamp.latest.millisecondsSinceEpoch - anchor.millisecondsSinceEpoch else {
                return nil
            }
            return Timestamp(millisecondsSinceEpoch: anchor.millisecondsSinceEpoch + offset)
        }
    }
}

extension Schedule: CustomStringConvertible {
    /// The schedule in a short form: `cron 0 4 * * * in Europe/Berlin`, `every 30 s`, `at 2026-12-01T06:00:00Z`.
    public var description: String {
        switch trigger {
        case .cron(let expressions, let zone):
            let text = expressions.map(\.description).joined(separator: " | ")
            let name = zone == .utc ? "" : " in \(zone)"
            return "cron \(text)\(name)\(transitions == .automatic ? "" : " (\(transitions))")"
        case .interval(let interval, _): return "every \(interval.formattedShortly)"
        case .once(let time): return "at \(time)"
        }
    }
}
