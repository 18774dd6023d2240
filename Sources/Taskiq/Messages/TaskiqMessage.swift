// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A call of a task, as it is known to senders, middlewares and workers.
///
/// On the wire it is Python taskiq's message object, with the fields in this order.
public struct TaskiqMessage: Sendable, Hashable {
    /// The message's identity.
    public var taskID: TaskID
    /// Which task is called.
    public var taskName: TaskName
    /// The labels of the task and of this call.
    public var labels: Labels
    /// The positional arguments.
    public var args: [JSONFragment] {
        get { positional.list }
        set { positional = PositionalArguments(newValue) }
    }
    /// The keyword arguments.
    public var kwargs: KeywordArguments
    var positional: PositionalArguments

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - taskID: the message's identity.
    ///   - taskName: which task is called.
    ///   - labels: the labels of the task and of this call.
    ///   - args: the positional arguments.
    ///   - kwargs: the keyword arguments.
    public init(
        taskID: TaskID,
        taskName: TaskName,
        labels: Labels = [],
        args: [JSONFragment] = [],
        kwargs: KeywordArguments = [:]
    ) {
        self.init(
            taskID: taskID,
            taskName: taskName,
            labels: labels,
            positional: PositionalArguments(args),
            kwargs: kwargs
        )
    }

    init(
        taskID: TaskID,
        taskName: TaskName,
        labels: Labels,
        positional: PositionalArguments,
        kwargs: KeywordArguments
    ) {
        self.taskID = taskID
        self.taskName = taskName
        self.labels = labels
        self.positional = positional
        self.kwargs = kwargs
    }
}
