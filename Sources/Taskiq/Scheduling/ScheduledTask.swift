// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A schedule together with what it sends.
public struct ScheduledTask: Sendable, Hashable {
    /// The schedule's identity.
    public var id: ScheduleID
    /// When it is due.
    public var schedule: Schedule
    /// Which task is sent.
    public var taskName: TaskName
    /// Labels of the message.
    public var labels: Labels
    /// Positional arguments.
    public var args: [JSONValue]
    /// Keyword arguments, in order.
    public var kwargs: [JSONValue.Member]
    /// Where it stands, for people: a file with its line, or a program and its task.
    public var origin: String

    /// Makes a scheduled task.
    ///
    /// - Parameters:
    ///   - id: the schedule's identity.
    ///   - schedule: when it is due.
    ///   - taskName: which task is sent.
    ///   - labels: labels of the message.
    ///   - args: positional arguments.
    ///   - kwargs: keyword arguments.
    ///   - origin: where it stands, for people.
    public init(
        id: ScheduleID,
        schedule: Schedule,
        taskName: TaskName,
        labels: Labels = [],
        args: [JSONValue] = [],
        kwargs: [JSONValue.Member] = [],
        origin: String
    ) {
        self.id = id
        // Jobs with the same H in their expressions shall not all run at once.
        self.schedule = schedule.seeded(by: id)
        self.taskName = taskName
        self.labels = labels
        self.args = args
        self.kwargs = kwargs
        self.origin = origin
    }
}
