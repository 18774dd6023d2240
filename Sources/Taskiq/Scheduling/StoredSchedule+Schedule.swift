// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron

extension StoredSchedule {
    /// What a scheduler runs: of several triggers the first of `cron`, `interval` and `time`, as in Python.
    ///
    /// An interval is counted from the Unix epoch. `taskID` has no place there: each message gets its own id.
    ///
    /// - Parameter origin: where it stands, for people.
    /// - Returns: the schedule with what it sends.
    /// - Throws: `TaskiqError` with code `configuration` for a cron expression, a zone or an offset that is none.
    public func scheduledTask(origin: String) throws(TaskiqError) -> ScheduledTask {
        let schedule: Schedule
        let place = "schedule \"\(id)\" of task \"\(taskName)\""
        if let cron {
            let zone = try zone(place)
            let expression: CronExpression
            do {
                expression = try CronExpression(cron)
            } catch {
                throw TaskiqError(.configuration, "\(place): \(error)")
            }
            schedule = try Schedule(.cron([expression], zone))
        } else if let interval {
            let duration: Duration
            switch interval {
            case .seconds(let seconds): duration = .seconds(min(seconds, 1 << 48))
            case .duration(let value): duration = value
            }
            schedule = try Schedule(.interval(duration, anchor: .epoch))
        } else if let time {
            schedule = .at(time.timestamp)
        } else {
            throw TaskiqError(.configuration, "\(place): needs one of cron, interval and time")
        }
        let values: [JSONValue]
        let members: [JSONValue.Member]
        do {
            values = try args.map { try $0.decode(JSONValue.self) }
            members = try kwargs.arguments.map { .init($0.name, try $0.value.decode(JSONValue.self)) }
        } catch {
            throw TaskiqError(.configuration, "\(place): the arguments cannot be read", cause: error)
        }
        return ScheduledTask(
            id: id,
            schedule: schedule,
            taskName: taskName,
            labels: labels,
            args: values,
            kwargs: members,
            origin: origin
        )
    }

    private func zone(_ place: String) throws(TaskiqError) -> Zone {
        switch cronOffset {
        case nil: return .utc
        case .zone(let name):
            do {
                return try Zone(identifier: name)
            } catch {
                throw TaskiqError(.configuration, "\(place): \(error)")
            }
        case .duration(let duration):
            guard let seconds = Int(exactly: duration.components.seconds), let zone = Zone(offsetSeconds: seconds)
            else {
                throw TaskiqError(.configuration, "\(place): the offset must be less than 24 hours, found \(duration)")
            }
            return zone
        }
    }

    /// The form in which Python's schedule sources store a schedule.
    ///
    /// - Parameter task: the schedule with what it sends.
    /// - Throws: `TaskiqError` with code `unencodable` for what Python has no form for: several cron expressions, an
    ///   interval that is not whole seconds, or one that is counted from another instant than the Unix epoch.
    public init(_ task: ScheduledTask) throws(TaskiqError) {
        var cron: String?
        var offset: CronOffset?
        var time: PythonDateTime?
        var interval: Interval?
        let place = "schedule \"\(task.id)\" of task \"\(task.taskName)\""
        switch task.schedule.trigger {
        case .cron(let expressions, let zone):
            guard expressions.count == 1, let expression = expressions.first else {
                throw TaskiqError(
                    .unencodable,
                    "\(place): Python holds one cron expression, found \(expressions.count)"
                )
            }
            guard task.schedule.transitions == .automatic else {
                throw TaskiqError(
                    .unencodable,
                    "\(place): Python has no choice of what happens when clocks are set forward or back"
                )
            }
            cron = expression.description
            // To Python, a name such as "+03:00" is a duration, which comes to the same.
            if zone != .utc { offset = CronOffset(text: zone.identifier) }
        case .interval(let duration, let anchor):
            guard let seconds = Int(exactly: duration.inSeconds), seconds >= 1, anchor == .epoch else {
                throw TaskiqError(
                    .unencodable,
                    "\(place): Python holds intervals of whole seconds without an anchor, found \(task.schedule)"
                )
            }
            interval = .seconds(seconds)
        case .once(let instant):
            guard let found = PythonDateTime(instant) else {
                throw TaskiqError(.unencodable, "\(place): Python's time ends in the year 9999")
            }
            time = found
        }
        try self.init(
            id: task.id,
            taskName: task.taskName,
            labels: task.labels,
            args: task.args.map(\.fragment),
            kwargs: KeywordArguments(task.kwargs.map { .init($0.key, $0.value.fragment) }),
            cron: cron,
            cronOffset: offset,
            time: time,
            interval: interval
        )
    }
}
