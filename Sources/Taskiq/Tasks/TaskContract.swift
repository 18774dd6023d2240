// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a sender must know of a task: its name, its parameters as stored properties, and what it returns.
///
/// A contract may live in a module of its own, so that whoever sends need not link what the worker needs. Its stored
/// properties are the keyword arguments on the wire.
public protocol TaskContract: Codable, Sendable {
    /// What the task returns.
    associatedtype Output: Sendable = Void

    /// The name on the wire; the type's name when not said.
    static var taskName: TaskName { get }
    /// Labels of every message of this task.
    static var labels: Labels { get }
    /// How the return value travels; supplied for `Void` and for `Codable` types.
    static var outputCoder: OutputCoder<Output> { get }
}

extension TaskContract {
    /// The type's name.
    public static var taskName: TaskName { TaskName(rawValue: "\(Self.self)") }
    /// No labels.
    public static var labels: Labels { [] }
}

extension TaskContract where Output: Codable {
    /// The return value as JSON.
    public static var outputCoder: OutputCoder<Output> { .codable }
}

extension TaskContract where Output == Void {
    /// Nothing, which is `null`.
    public static var outputCoder: OutputCoder<Void> { .void }
}

extension TaskContract {
    /// Sends the task.
    ///
    /// - Parameters:
    ///   - broker: the broker to send it through.
    ///   - labels: labels of this call, laid over those of the task.
    ///   - taskID: the message's identity; a new one when not given.
    /// - Returns: a handle on the result.
    /// - Throws: `TaskiqError`; with code `sendTask` when the broker did not take it.
    @discardableResult
    public func kiq(
        on broker: Broker,
        labels: Labels = [],
        taskID: TaskID? = nil
    ) async throws -> TaskHandle<Output> {
        try await broker.kiq(self, labels: labels, taskID: taskID)
    }
}
