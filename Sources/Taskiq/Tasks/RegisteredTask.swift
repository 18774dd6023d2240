// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A task as the worker's side of a broker knows it: its name, its labels, and how to run a message.
@usableFromInline
struct RegisteredTask: Sendable {
    @usableFromInline typealias Body = @concurrent @Sendable (TaskiqMessage, Context) async throws -> JSONFragment

    let name: TaskName
    let labels: Labels
    let run: Body

    @usableFromInline
    init(name: TaskName, labels: Labels, run: @escaping Body) {
        self.name = name
        self.labels = labels
        self.run = run
    }
}

extension RegisteredTask {
    init<Task: TaskContract>(
        _ contract: Task.Type,
        run body: @escaping @concurrent @Sendable (Task, Context) async throws -> Task.Output
    ) {
        let coder = Task.outputCoder
        let defaults = Task.defaults
        self.init(name: Task.taskName, labels: Task.labels) { message, context in
            let task = try TaskArguments.decode(Task.self, from: message, defaults: defaults)
            return try coder.encode(try await body(task, context))
        }
    }

    // Compiled with the caller, who knows the types of the arguments.
    @inlinable
    init<each Argument: Codable & Sendable, Output: Codable & Sendable>(
        _ name: TaskName,
        _ labels: Labels,
        _ parameters: [TaskParameter],
        _ body: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Output
    ) throws(TaskiqError) {
        try Self.check(parameters, of: name)
        self.init(name: name, labels: labels) { message, _ in
            let arguments = try message.arguments(repeat (each Argument).self, parameters: parameters)
            return try JSONFragment(encoding: try await body(repeat each arguments))
        }
    }

    @inlinable
    init<each Argument: Codable & Sendable>(
        _ name: TaskName,
        _ labels: Labels,
        _ parameters: [TaskParameter],
        _ body: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Void
    ) throws(TaskiqError) {
        try Self.check(parameters, of: name)
        self.init(name: name, labels: labels) { message, _ in
            let arguments = try message.arguments(repeat (each Argument).self, parameters: parameters)
            try await body(repeat each arguments)
            return .null
        }
    }

    /// A default value that has no form on the wire is no default value.
    @usableFromInline
    static func check(_ parameters: [TaskParameter], of task: TaskName) throws(TaskiqError) {
        for problem in parameters.lazy.compactMap(\.problem) {
            throw TaskiqError(.configuration, "task \"\(task)\": \(problem.message)")
        }
    }
}
