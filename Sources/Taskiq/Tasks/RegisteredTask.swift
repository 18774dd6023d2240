// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A task as the worker's side of a broker knows it: its name, its labels, and how to run a message.
struct RegisteredTask: Sendable {
    typealias Body = @concurrent @Sendable (TaskiqMessage, Context) async throws -> JSONFragment

    let name: TaskName
    let labels: Labels
    let run: Body
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
}
