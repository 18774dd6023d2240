// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
public import Taskiq

extension TestBroker {
    /// The messages that were sent so far, by the test, by the code under test and by tasks; retries are not sent anew.
    public var sent: [TaskiqMessage] {
        transport.state.withLock { $0.sent }.compactMap { try? broker.formatter.loads($0.message) }
    }

    /// The messages of one task that were sent so far.
    ///
    /// - Parameter name: the task's name.
    /// - Returns: the messages, in order.
    public func sent(_ name: TaskName) -> [TaskiqMessage] { sent.filter { $0.taskName == name } }

    /// The calls of one task that were sent so far, with their arguments.
    ///
    /// - Parameter type: the task's type.
    /// - Returns: the calls, in order.
    /// - Throws: `TaskiqError` with code `invalidArguments` when one does not fit the type.
    public func sent<T: TaskContract>(_ type: T.Type) throws -> [T] {
        try sent(T.taskName).map { try $0.task(type) }
    }

    /// The arguments with which a task was sent so far.
    ///
    /// - Parameter task: the task.
    /// - Returns: the arguments of each call, in order.
    /// - Throws: `TaskiqError` with code `invalidArguments` when those of one do not fit the task.
    public func sent<Output, each Argument>(
        _ task: TaskDefinition<Output, repeat each Argument>
    ) throws -> [(repeat each Argument)] {
        try sent(task.name).map { message in try message.arguments(repeat (each Argument).self) }
    }

    // MARK: Expecting

    /// Expects that a message was sent.
    ///
    /// - Parameters:
    ///   - name: the task's name.
    ///   - args: its positional arguments, all of them; nil for any.
    ///   - kwargs: keyword arguments that it must have; it may have others.
    ///   - labels: labels that it must have; it may have others.
    ///   - count: how many such messages must have been sent; nil for one or more.
    /// - Returns: the last such message; nil when none was expected.
    /// - Throws: `TestKitError` with code `expectation`, which says what was sent instead.
    @discardableResult
    public func expectSent(
        _ name: TaskName,
        args: [JSONValue]? = nil,
        kwargs: KeywordArguments = [:],
        labels: Labels = [],
        count: Int? = nil
    ) throws -> TaskiqMessage? {
        var wish = "\"\(name)\""
        if let args { wish += " with arguments \(JSONValue.array(args).fragment.text)" }
        if !kwargs.isEmpty { wish += " with keywords \(SentText.describe(kwargs))" }
        return try expect(wish, labels, count) { message in
            message.taskName == name
                && args.map { $0 == message.args.compactMap(SentText.value) } ?? true
                && kwargs.arguments.allSatisfy { argument in
                    message.kwargs[argument.name].map { SentText.value($0) == SentText.value(argument.value) } ?? false
                }
        }
    }

    /// Expects that a task was sent with exactly these arguments.
    ///
    /// - Parameters:
    ///   - task: the task with its arguments.
    ///   - labels: labels that the message must have; it may have others.
    ///   - count: how many such messages must have been sent; nil for one or more.
    /// - Returns: the last such message; nil when none was expected.
    /// - Throws: `TestKitError` with code `expectation`, which says what was sent instead.
    @discardableResult
    public func expectSent<T: TaskContract>(
        _ task: T,
        labels: Labels = [],
        count: Int? = nil
    ) throws -> TaskiqMessage? {
        let wanted = try JSONFragment(encoding: task)
        return try expect("\"\(T.taskName)\" with \(wanted.text)", labels, count) { message in
            // Compared as the type encodes itself: how the sender spelt or ordered its arguments does not matter.
            message.taskName == T.taskName
                && (try? JSONFragment(encoding: message.task(T.self))) == wanted
        }
    }

    /// Expects that a task was sent with exactly these arguments.
    ///
    /// - Parameters:
    ///   - task: the task.
    ///   - argument: its arguments, in order.
    ///   - labels: labels that the message must have; it may have others.
    ///   - count: how many such messages must have been sent; nil for one or more.
    /// - Returns: the last such message; nil when none was expected.
    /// - Throws: `TestKitError` with code `expectation`, which says what was sent instead.
    @discardableResult
    public func expectSent<Output, each Argument>(
        _ task: TaskDefinition<Output, repeat each Argument>,
        _ argument: repeat each Argument,
        labels: Labels = [],
        count: Int? = nil
    ) throws -> TaskiqMessage? {
        var args: [JSONValue] = []
        repeat args.append(try JSONFragment(encoding: each argument).decode(JSONValue.self))
        return try expectSent(task.name, args: args, labels: labels, count: count)
    }

    /// Expects that nothing was sent.
    ///
    /// - Parameter name: the task that was not to be sent; nil for any.
    /// - Throws: `TestKitError` with code `expectation`, which says what was sent.
    public func expectNothingSent(_ name: TaskName? = nil) throws {
        let sent = sent.filter { name == nil || $0.taskName == name }
        guard !sent.isEmpty else { return }
        let what = name.map { "\"\($0)\"" } ?? "anything"
        throw TestKitError(.expectation, "expected not \(what) to be sent; sent \(SentText.list(sent))")
    }

    private func expect(
        _ wish: String,
        _ labels: Labels,
        _ count: Int?,
        _ isWanted: (TaskiqMessage) -> Bool
    ) throws -> TaskiqMessage? {
        let sent = sent
        let found = sent.filter { message in
            isWanted(message) && labels.entries.allSatisfy { message.labels[$0.name] == $0.value }
        }
        guard count.map({ found.count == $0 }) ?? !found.isEmpty else {
            let times = count.map { " \($0) times, not \(found.count) times" } ?? ""
            let marks = labels.isEmpty ? "" : " with labels \(SentText.describe(labels))"
            throw TestKitError(
                .expectation,
                "expected \(wish)\(marks) to be sent\(times); sent \(SentText.list(sent))"
            )
        }
        return found.last
    }
}

/// What was sent, in words.
private enum SentText {
    static func value(_ fragment: JSONFragment) -> JSONValue? { try? fragment.decode(JSONValue.self) }

    static func describe(_ kwargs: KeywordArguments) -> String {
        kwargs.arguments.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
    }

    static func describe(_ labels: Labels) -> String {
        "{" + labels.entries.map { "\($0.name): \($0.value.json)" }.joined(separator: ", ") + "}"
    }

    static func list(_ messages: [TaskiqMessage]) -> String {
        guard !messages.isEmpty else { return "was nothing" }
        // The newest tell most, and a failure is read by people.
        let lines = messages.enumerated().suffix(20).map { index, message in
            let args = message.args.map(\.text) + (message.kwargs.isEmpty ? [] : [describe(message.kwargs)])
            let labels = message.labels.isEmpty ? "" : " with labels \(describe(message.labels))"
            return "\n  \(index + 1). \(message.taskName)(\(args.joined(separator: ", ")))\(labels)"
        }
        let left = messages.count - lines.count
        return "were:" + (left > 0 ? "\n  … \(left) earlier ones" : "") + lines.joined()
    }
}
