// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A task that was made of a closure: call it with `kiq`, with the types of the closure's parameters.
public struct TaskDefinition<Output: Sendable, each Argument: Codable & Sendable>: Sendable {
    /// The name on the wire.
    public let name: TaskName
    /// Labels of every message of this task.
    public let labels: Labels
    /// The broker that sends it.
    public let broker: Broker
    @usableFromInline let outputCoder: OutputCoder<Output>
    @usableFromInline let body: @concurrent @Sendable (repeat each Argument) async throws -> Output

    @usableFromInline
    init(
        name: TaskName,
        labels: Labels,
        broker: Broker,
        outputCoder: OutputCoder<Output>,
        body: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Output
    ) {
        self.name = name
        self.labels = labels
        self.broker = broker
        self.outputCoder = outputCoder
        self.body = body
    }

    /// Runs the closure here and now, as a plain function, with no broker in between.
    ///
    /// - Parameter argument: the closure's arguments, in order.
    /// - Returns: what the closure returns.
    /// - Throws: what the closure throws.
    public func callAsFunction(_ argument: repeat each Argument) async throws -> Output {
        try await body(repeat each argument)
    }

    /// Sends the task.
    ///
    /// - Parameters:
    ///   - argument: the closure's arguments, in order.
    ///   - labels: labels of this call, laid over those of the task.
    ///   - taskID: the message's identity; a new one when not given.
    ///   - broker: the broker to send it through; the task's own when not given.
    /// - Returns: a handle on the result.
    /// - Throws: `TaskiqError`; with code `sendTask` when the broker did not take it. A middleware's error comes as it
    ///   is.
    @inlinable
    @discardableResult
    public func kiq(
        _ argument: repeat each Argument,
        labels: Labels = [],
        taskID: TaskID? = nil,
        on broker: Broker? = nil
    ) async throws -> TaskHandle<Output> {
        var args = ArgumentEncoder(task: name)
        repeat try args.append(each argument)
        return try await send(args.finish(), labels, taskID, broker)
    }

    @usableFromInline
    func send(
        _ args: PositionalArguments,
        _ labels: Labels,
        _ taskID: TaskID?,
        _ broker: Broker?
    ) async throws -> TaskHandle<Output> {
        let sender = try self.broker.sender(on: broker)
        let id = try await sender.send(
            name: name,
            labels: self.labels.merging(labels),
            args: args,
            kwargs: .none,
            taskID: taskID
        )
        return TaskHandle(taskID: id, broker: sender, coder: outputCoder)
    }
}
