// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Label {
    /// Which queue the task goes to.
    public static var queueName: Label<String> { Label<String>("queue_name") }
    /// Priority 0 to 9; 9 goes first.
    public static var priority: Label<Int> { Label<Int>("priority") }
    /// Seconds to wait before the task may start.
    public static var delay: Label<Double> { Label<Double>("delay") }
    /// Seconds that one execution may take.
    public static var timeout: Label<Double> { Label<Double>("timeout") }
    /// Seconds after its sending when it is too late to start the task.
    public static var expires: Label<Double> { Label<Double>("expires") }
    /// While a message with this key waits or runs, no other one with it is accepted.
    public static var uniqueKey: Label<String> { Label<String>("unique_key") }
    /// Whether only the worker that has the message now may end it; for tasks that must not run beside themselves.
    public static var fence: Label<Bool> { Label<Bool>("fence") }
    /// When the message is acknowledged; see `AcknowledgeType`.
    public static var acknowledgeType: Label<String> { Label<String>("ack_type") }
    /// The schedule that sent the message.
    public static var scheduleID: Label<String> { Label<String>("schedule_id") }
    /// The instant for which the schedule sent the message, RFC 3339 in UTC.
    public static var scheduledAt: Label<String> { Label<String>("scheduled_at") }
    /// How often the message was put back by its task.
    public static var requeueCount: Label<Int> { Label<Int>("X-Taskiq-requeue") }
}

extension Labels.Entry {
    /// A label of your own.
    public static func label<Value>(_ label: Label<Value>, _ value: Value) -> Self {
        Self(name: label.name, value: value.labelValue)
    }

    /// Which queue the task goes to; `default` when not said.
    public static func queue(_ name: String) -> Self {
        .label(.queueName, name)
    }

    /// Priority 0 to 9; 9 goes first, 0 is the default.
    public static func priority(_ priority: Int) -> Self {
        .label(.priority, priority)
    }

    /// How long to wait before the task may start.
    public static func delay(_ delay: Duration) -> Self {
        .label(.delay, delay.inSeconds)
    }

    /// How long after its sending the task may start; a message that is too late becomes a dead letter.
    public static func expires(after time: Duration) -> Self {
        .label(.expires, time.inSeconds)
    }

    /// Accepts no second message with the same key while this one waits or runs; needs a hub.
    public static func uniqueKey(_ key: String) -> Self {
        .label(.uniqueKey, key)
    }

    /// Lets only the worker that has the message now end it, and ends a run whose worker has lost the hub; needs a hub.
    public static var fence: Self {
        .label(.fence, true)
    }

    /// How long one execution may take.
    public static func timeout(_ limit: Duration) -> Self {
        .label(.timeout, limit.inSeconds)
    }

    /// When the message is acknowledged.
    public static func acknowledge(_ type: AcknowledgeType) -> Self {
        .label(.acknowledgeType, type.rawValue)
    }

    /// A schedule by which a scheduler sends the task with these arguments.
    ///
    /// - Parameters:
    ///   - schedule: when.
    ///   - args: positional arguments.
    ///   - id: the schedule's identity; without one it is derived from task, schedule and arguments.
    /// - Returns: the label.
    public static func schedule(_ schedule: Schedule, args: [JSONValue] = [], id: ScheduleID? = nil) -> Self {
        Self(name: LabelSchedule.labelName, value: .json(LabelSchedule(schedule, args: args, id: id).json.fragment))
    }
}

extension Duration {
    /// The duration in seconds, with a fraction; of the next hundred days to the nanosecond, as decimal text has it.
    package var inSeconds: Double {
        let (seconds, attoseconds) = Self.bounded(self).components
        guard seconds.magnitude < 1 << 23 else { return Double(seconds) + Double(attoseconds) / 1e18 }
        // One division of whole numbers is rounded once: 0.12 s is 0.12, whatever the sum of its parts would be.
        return Double(seconds * 1_000_000_000 + attoseconds / 1_000_000_000) / 1e9
    }

    /// The duration in whole milliseconds, cut off; at most what fits.
    package var inMilliseconds: Int64 {
        let (seconds, attoseconds) = Self.bounded(self).components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, tooMuch) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return overflow || tooMuch ? (seconds < 0 ? .min : .max) : sum
    }

    /// A duration that can be split into components; the longest ones trap.
    private static func bounded(_ duration: Duration) -> Duration {
        min(max(duration, .seconds(Int64.min / 2)), .seconds(Int64.max / 2))
    }
}

extension Labels.Entry {
    /// Several schedules by which a scheduler sends the task.
    ///
    /// - Parameter schedules: each with its own arguments.
    /// - Returns: the label.
    public static func schedules(_ schedules: LabelSchedule...) -> Self {
        Self(name: LabelSchedule.labelName, value: .json(LabelSchedule.json(of: schedules).fragment))
    }
}
