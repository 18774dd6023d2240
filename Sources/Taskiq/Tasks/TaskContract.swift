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
    /// The values of parameters that a sender may leave out, by name; none when not said.
    ///
    /// A property's own default value is not known to the decoder that Swift makes, so it is repeated here:
    ///
    /// ```swift
    /// struct Resize: TaskiqTask {
    ///     static let defaults: KeywordArguments = ["quality": 80]
    ///     var path: String
    ///     var quality = 80
    /// ```
    ///
    /// A task whose properties all have default values conforms to ``DefaultInitializable`` instead and repeats nothing.
    /// Optional properties need neither.
    static var defaults: KeywordArguments { get }
    /// How the return value travels; supplied for `Void` and for `Codable` types.
    static var outputCoder: OutputCoder<Output> { get }
}

extension TaskContract {
    /// The type's name.
    public static var taskName: TaskName { TaskName(rawValue: "\(Self.self)") }
    /// No labels.
    public static var labels: Labels { [] }
    /// No default values.
    public static var defaults: KeywordArguments { [:] }
}

/// A type that can be made without saying anything.
///
/// A structure whose properties all have default values has the initializer already; a task's parameters then have those
/// defaults too:
///
/// ```swift
/// struct Report: TaskiqTask, DefaultInitializable {
///     var day = "today"
///     var copies = 1
/// ```
public protocol DefaultInitializable {
    /// Makes a value of default values.
    init()
}

extension TaskContract where Self: DefaultInitializable {
    /// The default values of the properties.
    public static var defaults: KeywordArguments { (try? KeywordArguments(encoding: Self())) ?? [:] }
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
    /// - Throws: `TaskiqError`; with code `sendTask` when the broker did not take it. A middleware's error comes as it
    ///   is.
    @discardableResult
    public func kiq(
        on broker: Broker,
        labels: Labels = [],
        taskID: TaskID? = nil
    ) async throws -> TaskHandle<Output> {
        try await broker.kiq(self, labels: labels, taskID: taskID)
    }
}
