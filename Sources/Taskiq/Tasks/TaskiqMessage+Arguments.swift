// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension TaskiqMessage {
    /// Makes a call of a task that is a type; its properties are the keyword arguments.
    ///
    /// - Parameters:
    ///   - task: the task with its arguments.
    ///   - taskID: the message's identity.
    ///   - labels: labels of this call, laid over those of the task.
    /// - Throws: `TaskiqError` with code `unencodable`.
    public init<Task: TaskContract>(_ task: Task, taskID: TaskID, labels: Labels = []) throws(TaskiqError) {
        self.init(
            taskID: taskID,
            taskName: Task.taskName,
            labels: Task.labels.merging(labels),
            positional: PositionalArguments([]),
            kwargs: try KeywordArguments(encoding: task)
        )
    }

    /// Reads the arguments as a task that is a type.
    ///
    /// - Parameter type: the task.
    /// - Returns: the task with its arguments.
    /// - Throws: `TaskiqError` with code `invalidArguments` that names the parameter, what it takes and what came.
    public func task<Task: TaskContract>(_ type: Task.Type) throws -> Task {
        try TaskArguments.decode(type, from: self, defaults: type.defaults)
    }

    /// Reads the arguments as the parameters of a closure.
    ///
    /// - Parameters:
    ///   - types: the parameters' types, in order.
    ///   - parameters: their names and default values, if the arguments may come by name or be left out.
    /// - Returns: the arguments.
    /// - Throws: `TaskiqError` with code `invalidArguments` that names the parameter, what it takes and what came.
    @inlinable
    public func arguments<each Argument: Decodable>(
        _ types: repeat (each Argument).Type,
        parameters: [TaskParameter] = []
    ) throws -> (repeat each Argument) {
        var reader = reader(parameters)
        let arguments = (repeat try reader.next(each types, of: self))
        try reader.finish(self)
        return arguments
    }
}

extension TaskDefinition {
    /// Makes a call of the task without sending it.
    ///
    /// - Parameters:
    ///   - argument: the closure's arguments, in order.
    ///   - labels: labels of this call, laid over those of the task.
    ///   - taskID: the message's identity.
    /// - Returns: the message.
    /// - Throws: `TaskiqError` with code `unencodable`.
    @inlinable
    public func message(
        _ argument: repeat each Argument,
        labels: Labels = [],
        taskID: TaskID
    ) throws(TaskiqError) -> TaskiqMessage {
        var args = ArgumentEncoder(task: name)
        repeat try args.append(each argument)
        return message(args.finish(), labels, taskID)
    }

    @usableFromInline
    func message(_ args: PositionalArguments, _ labels: Labels, _ taskID: TaskID) -> TaskiqMessage {
        TaskiqMessage(
            taskID: taskID,
            taskName: name,
            labels: self.labels.merging(labels),
            positional: args,
            kwargs: .none
        )
    }
}
