// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron

/// One entry of a task's `schedule` label, in Python's shape: `cron` with `cron_offset`, `interval` or `time`, and the
/// `args`, `kwargs`, `labels` and `schedule_id` that go with it.
///
/// Beside `cron`, and unknown to Python, `dst` says what happens when clocks are set forward or back, as it does in
/// schedule files.
public struct LabelSchedule: Sendable, Hashable {
    /// The label that holds a list of these.
    public static let labelName = "schedule"

    /// When the task is due.
    public var schedule: Schedule
    /// Positional arguments.
    public var args: [JSONValue]
    /// Keyword arguments.
    public var kwargs: [JSONValue.Member]
    /// Labels under those of the task.
    public var labels: Labels
    /// The schedule's identity; derived when not given.
    public var id: ScheduleID?

    /// Makes an entry.
    ///
    /// - Parameters:
    ///   - schedule: when the task is due.
    ///   - args: positional arguments.
    ///   - kwargs: keyword arguments.
    ///   - labels: labels under those of the task.
    ///   - id: the schedule's identity; derived when not given.
    public init(
        _ schedule: Schedule,
        args: [JSONValue] = [],
        kwargs: [JSONValue.Member] = [],
        labels: Labels = [],
        id: ScheduleID? = nil
    ) {
        self.schedule = schedule
        self.args = args
        self.kwargs = kwargs
        self.labels = labels
        self.id = id
    }

    /// The entry in a list of its own, as the label's value.
    var json: JSONValue { Self.json(of: [self]) }

    /// The label's value for several entries.
    static func json(of entries: [LabelSchedule]) -> JSONValue {
        .array(entries.map { .object($0.members) })
    }

    private var members: [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        switch schedule.trigger {
        case .cron(let expressions, let zone):
            let texts = expressions.map { JSONValue.string($0.description) }
            members.append(.init("cron", texts.count == 1 ? texts[0] : .array(texts)))
            if zone != .utc { members.append(.init("cron_offset", .string(zone.description))) }
            if let dst = schedule.transitions.json { members.append(.init("dst", dst)) }
        case .interval(let interval, _):
            let seconds = interval.inSeconds
            members.append(.init("interval", Int(exactly: seconds).map(JSONValue.int) ?? .double(seconds)))
        case .once(let time):
            members.append(.init("time", .string(time.description)))
        }
        if !args.isEmpty { members.append(.init("args", .array(args))) }
        if !kwargs.isEmpty { members.append(.init("kwargs", .object(kwargs))) }
        if !labels.isEmpty {
            let entries = labels.entries.map { entry in
                JSONValue.Member(entry.name, (try? entry.value.json.decode(JSONValue.self)) ?? .null)
            }
            members.append(.init("labels", .object(entries)))
        }
        if let id { members.append(.init("schedule_id", .string(id.rawValue))) }
        return members
    }
}

extension LabelSchedule {
    /// Reads the `schedule` label of a task.
    ///
    /// - Parameters:
    ///   - value: the label's value.
    ///   - task: the task, for errors.
    /// - Returns: each entry that could be read, and an error for each that could not.
    package static func entries(
        of value: LabelValue,
        task: TaskName
    ) -> [Result<LabelSchedule, TaskiqError>] {
        guard case .json(let fragment) = value, case .array(let entries)? = try? fragment.decode(JSONValue.self) else {
            return [.failure(problem(task, "must be a list of objects with cron, interval or time"))]
        }
        return entries.enumerated().map { index, entry in
            Result { () throws(TaskiqError) in try read(entry, place: "entry \(index + 1)", task: task) }
        }
    }

    private static func read(
        _ entry: JSONValue,
        place: String,
        task: TaskName
    ) throws(TaskiqError) -> LabelSchedule {
        guard case .object = entry else { throw problem(task, "\(place) must be an object") }
        var schedule: Schedule
        do {
            if let cron = entry["cron"], cron != .null {
                let zone = try zone(entry["cron_offset"] ?? .null)
                let texts: [JSONValue] = if case .array(let texts) = cron { texts } else { [cron] }
                schedule = try Schedule(
                    .cron(try texts.map { try expression($0) }, zone),
                    transitions: try TransitionPolicy(entry["dst"])
                )
            } else if let interval = entry["interval"], interval != .null {
                schedule = try Schedule(.interval(try duration(interval), anchor: .init(millisecondsSinceEpoch: 0)))
            } else if case .string(let time)? = entry["time"] {
                schedule = .at(try Timestamp(parsing: time))
            } else {
                throw TaskiqError(.configuration, "needs one of cron, interval and time")
            }
        } catch {
            throw problem(task, "\(place): \(error)")
        }
        var result = LabelSchedule(schedule)
        if case .array(let args)? = entry["args"] { result.args = args }
        if case .object(let kwargs)? = entry["kwargs"] { result.kwargs = kwargs }
        if case .object(let labels)? = entry["labels"] {
            result.labels = Labels(labels.map { .init(name: $0.key, value: LabelValue($0.value)) })
        }
        if case .string(let id)? = entry["schedule_id"] { result.id = ScheduleID(rawValue: id) }
        return result
    }

    private static func expression(_ value: JSONValue) throws -> CronExpression {
        guard case .string(let text) = value else {
            throw TaskiqError(.configuration, "cron must be text, found \(value.fragment)")
        }
        return try CronExpression(text)
    }

    private static func zone(_ value: JSONValue) throws -> Zone {
        switch value {
        case .null: return .utc
        case .string(let text): return try Zone(cronOffset: text)
        default: throw TaskiqError(.configuration, "cron_offset must be the name of a zone, found \(value.fragment)")
        }
    }

    private static func duration(_ value: JSONValue) throws -> Duration {
        switch value {
        case .int(let seconds) where (1...1 << 40).contains(seconds): return .seconds(seconds)
        case .double(let seconds) where seconds >= 1 && seconds < 1e12:
            return .milliseconds(Int64((seconds * 1000).rounded()))
        case .string(let text):
            if let duration = Duration.parse(text), duration >= .seconds(1) { return duration }
        default: break
        }
        throw TaskiqError(.configuration, "interval must be at least 1 second, found \(value.fragment)")
    }

    private static func problem(_ task: TaskName, _ reason: String) -> TaskiqError {
        TaskiqError(.configuration, "the schedule label of task \"\(task)\": \(reason)")
    }
}

extension LabelValue {
    /// A JSON value as a label.
    package init(_ value: JSONValue) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .bigInteger(let value): self = .largeInt(digits: value.description)
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        case .null, .array, .object: self = .json(value.fragment)
        }
    }
}
