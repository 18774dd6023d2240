// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Broker {
    /// Sends a task.
    ///
    /// - Parameters:
    ///   - task: the task with its arguments.
    ///   - labels: labels of this call, laid over those of the task.
    ///   - taskID: the message's identity; a new one when not given.
    /// - Returns: a handle on the result.
    /// - Throws: `TaskiqError`; with code `sendTask` when the transport did not take it. A middleware's error comes as
    ///   it is.
    @discardableResult
    public func kiq<T: TaskContract>(
        _ task: T,
        labels: Labels = [],
        taskID: TaskID? = nil
    ) async throws -> TaskHandle<T.Output> {
        let broker = try sender(on: nil)
        let id = try await broker.send(
            name: T.taskName,
            labels: T.labels.merging(labels),
            args: PositionalArguments([]),
            kwargs: try KeywordArguments(encoding: task),
            taskID: taskID
        )
        return TaskHandle(taskID: id, broker: broker, coder: T.outputCoder)
    }

    /// Sends a task that this program does not link, by its name.
    ///
    /// - Parameters:
    ///   - name: the task's name.
    ///   - args: positional arguments.
    ///   - kwargs: keyword arguments.
    ///   - labels: labels of this call.
    ///   - taskID: the message's identity; a new one when not given.
    /// - Returns: a handle on the result, whatever its shape.
    /// - Throws: `TaskiqError`; with code `sendTask` when the transport did not take it. A middleware's error comes as
    ///   it is.
    @discardableResult
    public func kiq(
        named name: TaskName,
        args: [JSONValue] = [],
        kwargs: KeywordArguments = [:],
        labels: Labels = [],
        taskID: TaskID? = nil
    ) async throws -> TaskHandle<JSONValue> {
        let broker = try sender(on: nil)
        let id = try await broker.send(
            name: name,
            labels: labels,
            args: PositionalArguments(try args.map { try JSONFragment(encoding: $0) }),
            kwargs: kwargs,
            taskID: taskID
        )
        return broker.handle(for: id)
    }

    /// A handle on the result of a task that was sent before, perhaps by another process.
    ///
    /// - Parameter taskID: the message's identity.
    /// - Returns: a handle on the result, whatever its shape.
    public func handle(for taskID: TaskID) -> TaskHandle<JSONValue> {
        TaskHandle(taskID: taskID, broker: self, coder: .codable)
    }

    func send(
        name: TaskName,
        labels: Labels,
        args: PositionalArguments,
        kwargs: KeywordArguments,
        taskID: TaskID?
    ) async throws -> TaskID {
        var message = TaskiqMessage(
            taskID: taskID ?? makeTaskID(),
            taskName: name,
            labels: labels,
            positional: args,
            kwargs: kwargs
        )
        // A schedule concerns the scheduler alone; each message would only carry it along.
        message.labels[LabelSchedule.labelName] = nil
        try await preSend(&message)
        let final = message
        do {
            try await chain.send(final) { message in
                try await self.transport.kick(try self.formatter.dumps(message))
            }
        } catch {
            for middleware in chain.middlewares.reversed() {
                await middleware.onSendError(error, message: final)
            }
            if let error = error as? TaskiqError { throw error }
            throw TaskiqError(.sendTask, "task \"\(name)\" could not be sent to \(transport.address)", cause: error)
        }
        for middleware in chain.middlewares.reversed() { await middleware.postSend(final) }
        return final.taskID
    }

    /// Those whose hook has run are told when a later one throws, so that they let go of what they took for the message.
    private func preSend(_ message: inout TaskiqMessage) async throws {
        for (index, middleware) in chain.middlewares.enumerated() {
            do {
                try await middleware.preSend(&message)
            } catch {
                for middleware in chain.middlewares[..<index].reversed() {
                    await middleware.onSendError(error, message: message)
                }
                throw error
            }
        }
    }
}
