// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A schedule that a program made of one of its tasks, and may take back.
public struct CreatedSchedule<Output: Sendable>: Sendable {
    /// The schedule, with what it sends.
    public let task: ScheduledTask
    /// The source that keeps it.
    public let source: any EditableScheduleSource
    let broker: Broker
    let coder: OutputCoder<Output>

    /// The schedule's identity.
    public var scheduleID: ScheduleID { task.id }

    /// Sends the task now, beside its schedule.
    ///
    /// - Returns: a handle on the result.
    /// - Throws: `TaskiqError`; with code `sendTask` when the broker did not take it. A middleware's error comes as it
    ///   is.
    @discardableResult
    public func kiq() async throws -> TaskHandle<Output> {
        var labels = task.labels
        labels[.scheduleID] = task.id.rawValue
        let id = try await broker.send(
            name: task.taskName,
            labels: labels,
            args: PositionalArguments(task.args.map(\.fragment)),
            kwargs: KeywordArguments(task.kwargs.map { .init($0.key, $0.value.fragment) }),
            taskID: nil
        )
        return TaskHandle(taskID: id, broker: broker, coder: coder)
    }

    /// Deletes the schedule.
    ///
    /// - Returns: whether it was still there.
    /// - Throws: when the source cannot be asked.
    @discardableResult
    public func unschedule() async throws -> Bool {
        try await source.delete(task.id)
    }
}

extension CreatedSchedule {
    /// Stores a schedule in its source.
    init(
        _ schedule: Schedule,
        of taskName: TaskName,
        labels: Labels,
        args: [JSONFragment] = [],
        kwargs: KeywordArguments = [:],
        id: ScheduleID?,
        source: any EditableScheduleSource,
        broker: Broker,
        coder: OutputCoder<Output>
    ) async throws {
        var labels = labels
        // The task's own schedule is another one.
        labels[LabelSchedule.labelName] = nil
        task = ScheduledTask(
            id: id ?? ScheduleID(rawValue: TaskID.generate().rawValue),
            schedule: schedule,
            taskName: taskName,
            labels: labels,
            args: try args.map { try $0.decode(JSONValue.self) },
            kwargs: try kwargs.arguments.map { .init($0.name, try $0.value.decode(JSONValue.self)) },
            origin: source.name
        )
        self.source = source
        self.broker = broker
        self.coder = coder
        try await source.add(task)
    }
}

extension TaskDefinition {
    /// Has the task sent by a schedule from now on, once a scheduler reads the source.
    ///
    /// - Parameters:
    ///   - argument: the closure's arguments, in order.
    ///   - schedule: when.
    ///   - source: the source that keeps the schedule.
    ///   - labels: labels of its messages, laid over those of the task.
    ///   - id: the schedule's identity, which replaces one of the same identity; a new one when not given.
    /// - Returns: the schedule, to send it now or to take it back.
    /// - Throws: when an argument cannot be encoded, or the source does not store it.
    @discardableResult
    public func schedule(
        _ argument: repeat each Argument,
        by schedule: Schedule,
        in source: any EditableScheduleSource,
        labels: Labels = [],
        id: ScheduleID? = nil
    ) async throws -> CreatedSchedule<Output> {
        var args = ArgumentEncoder(task: name)
        repeat try args.append(each argument)
        return try await CreatedSchedule(
            schedule,
            of: name,
            labels: self.labels.merging(labels),
            args: args.finish().list,
            id: id,
            source: source,
            broker: broker.sender(on: nil),
            coder: outputCoder
        )
    }
}

extension TaskContract {
    /// Has the task sent by a schedule from now on, once a scheduler reads the source.
    ///
    /// - Parameters:
    ///   - schedule: when.
    ///   - source: the source that keeps the schedule.
    ///   - broker: the broker through which the schedule's `kiq` sends.
    ///   - labels: labels of its messages, laid over those of the task.
    ///   - id: the schedule's identity, which replaces one of the same identity; a new one when not given.
    /// - Returns: the schedule, to send it now or to take it back.
    /// - Throws: when the task cannot be encoded, or the source does not store it.
    @discardableResult
    public func schedule(
        by schedule: Schedule,
        in source: any EditableScheduleSource,
        on broker: Broker,
        labels: Labels = [],
        id: ScheduleID? = nil
    ) async throws -> CreatedSchedule<Output> {
        try await CreatedSchedule(
            schedule,
            of: Self.taskName,
            labels: Self.labels.merging(labels),
            kwargs: try KeywordArguments(encoding: self),
            id: id,
            source: source,
            broker: broker.sender(on: nil),
            coder: Self.outputCoder
        )
    }
}
