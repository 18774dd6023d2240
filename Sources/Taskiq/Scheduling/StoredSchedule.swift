// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A schedule as Python taskiq's schedule sources store it: the ten fields of Python's `ScheduledTask`.
///
/// It holds what Python holds, whether or not a `Schedule` can: any text for `cron`, several triggers at once, naive
/// times. `scheduledTask(origin:)` makes of it what a scheduler runs.
public struct StoredSchedule: Sendable, Hashable {
    /// Where a cron schedule's clock is.
    public enum CronOffset: Sendable, Hashable {
        /// A time zone by its name, not looked up.
        case zone(String)
        /// What is added to UTC.
        case duration(Duration)
    }

    /// The time from one run to the next.
    public enum Interval: Sendable, Hashable {
        /// Whole seconds, sent as a number.
        case seconds(Int)
        /// A duration of whole seconds, sent as ISO 8601 text (Python's `timedelta`).
        case duration(Duration)
    }

    /// Which task is sent.
    public let taskName: TaskName
    /// Labels of the message.
    public let labels: Labels
    /// Positional arguments.
    public let args: [JSONFragment]
    /// Keyword arguments.
    public let kwargs: KeywordArguments
    /// The identity of each message that is sent; nil for a new one each time.
    public let taskID: TaskID?
    /// The schedule's identity.
    public let id: ScheduleID
    /// The text of a cron expression; as in Python, it need not be one.
    public let cron: String?
    /// Where the cron expression's clock is; nil for UTC.
    public let cronOffset: CronOffset?
    /// When a task is due once.
    public let time: PythonDateTime?
    /// The time from one run to the next.
    public let interval: Interval?

    /// Makes a schedule.
    ///
    /// - Parameters:
    ///   - id: the schedule's identity.
    ///   - taskName: which task is sent.
    ///   - labels: labels of the message.
    ///   - args: positional arguments.
    ///   - kwargs: keyword arguments.
    ///   - taskID: the identity of each message that is sent; nil for a new one each time.
    ///   - cron: the text of a cron expression.
    ///   - cronOffset: where the cron expression's clock is; nil for UTC.
    ///   - time: when a task is due once.
    ///   - interval: the time from one run to the next.
    /// - Throws: `TaskiqError` with code `configuration` where Python's model refuses it: none of `cron`, `time` and
    ///   `interval`, or an interval that is not whole seconds, at least one.
    public init(
        id: ScheduleID,
        taskName: TaskName,
        labels: Labels = [],
        args: [JSONFragment] = [],
        kwargs: KeywordArguments = [:],
        taskID: TaskID? = nil,
        cron: String? = nil,
        cronOffset: CronOffset? = nil,
        time: PythonDateTime? = nil,
        interval: Interval? = nil
    ) throws(TaskiqError) {
        if let reason = Self.problem(cron: cron, time: time, interval: interval) {
            throw TaskiqError(.configuration, "schedule \"\(id)\" of task \"\(taskName)\": \(reason)")
        }
        self.id = id
        self.taskName = taskName
        self.labels = labels
        self.args = args
        self.kwargs = kwargs
        self.taskID = taskID
        self.cron = cron
        self.cronOffset = cronOffset
        self.time = time
        self.interval = interval
    }

    private static func problem(cron: String?, time: PythonDateTime?, interval: Interval?) -> String? {
        guard let interval else {
            return cron == nil && time == nil ? "needs one of cron, interval and time" : nil
        }
        switch interval {
        case .seconds(let seconds):
            return seconds >= 1 ? nil : "the interval must be at least 1 second, found \(seconds)"
        case .duration(let duration):
            guard duration.components.attoseconds == 0 else {
                return "the interval must be whole seconds, found \(duration)"
            }
            return duration >= .seconds(1) ? nil : "the interval must be at least 1 second, found \(duration)"
        }
    }
}
