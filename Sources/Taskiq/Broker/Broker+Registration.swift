// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

extension Broker {
    /// Registers a closure as a task.
    ///
    /// - Parameters:
    ///   - name: the name on the wire.
    ///   - labels: labels of every message of the task.
    ///   - parameters: the closure's parameter names, so that senders may use keywords as well as positions, and default
    ///     values of arguments that may be left out.
    ///   - body: the work; its parameters are the positional arguments.
    /// - Returns: the task, to be sent with `kiq`.
    @discardableResult
    public func task<each Argument: Codable & Sendable, Output: Codable & Sendable>(
        _ name: TaskName,
        labels: Labels = [],
        parameters: [TaskParameter] = [],
        run body: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Output
    ) -> TaskDefinition<Output, repeat each Argument> {
        refuse(parameters, of: name)
        add(
            RegisteredTask(name: name, labels: labels) { message, _ in
                var reader = PositionalReader(message, parameters: parameters)
                let arguments = (repeat try reader.next((each Argument).self))
                try reader.finish()
                return try JSONFragment(encoding: try await body(repeat each arguments))
            }
        )
        return TaskDefinition(name: name, labels: labels, broker: self, outputCoder: .codable)
    }

    /// Registers a closure that returns nothing as a task.
    ///
    /// - Parameters:
    ///   - name: the name on the wire.
    ///   - labels: labels of every message of the task.
    ///   - parameters: the closure's parameter names, so that senders may use keywords as well as positions, and default
    ///     values of arguments that may be left out.
    ///   - body: the work; its parameters are the positional arguments.
    /// - Returns: the task, to be sent with `kiq`.
    @discardableResult
    public func task<each Argument: Codable & Sendable>(
        _ name: TaskName,
        labels: Labels = [],
        parameters: [TaskParameter] = [],
        run body: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Void
    ) -> TaskDefinition<Void, repeat each Argument> {
        refuse(parameters, of: name)
        add(
            RegisteredTask(name: name, labels: labels) { message, _ in
                var reader = PositionalReader(message, parameters: parameters)
                let arguments = (repeat try reader.next((each Argument).self))
                try reader.finish()
                try await body(repeat each arguments)
                return .null
            }
        )
        return TaskDefinition(name: name, labels: labels, broker: self, outputCoder: .void)
    }

    /// Registers tasks that are types.
    ///
    /// - Parameter tasks: the types.
    public func register<each T: TaskiqTask>(_ tasks: repeat (each T).Type) {
        repeat register(each tasks) { task, context in try await task.run(context: context) }
    }

    /// Registers the body of a task whose contract is a type of its own.
    ///
    /// - Parameters:
    ///   - contract: the contract.
    ///   - body: the work.
    public func register<T: TaskContract>(
        _ contract: T.Type,
        run body: @escaping @concurrent @Sendable (T, Context) async throws -> T.Output
    ) {
        add(RegisteredTask(contract, run: body))
    }

    /// Registers a task that reads its arguments itself.
    ///
    /// - Parameters:
    ///   - name: the name on the wire.
    ///   - labels: labels of every message of the task.
    ///   - body: the work: it is given the message as it came and returns JSON.
    public func register(
        named name: TaskName,
        labels: Labels = [],
        run body: @escaping @concurrent @Sendable (TaskiqMessage, Context) async throws -> JSONFragment
    ) {
        add(RegisteredTask(name: name, labels: labels, run: body))
    }

    /// What is registered, by name.
    ///
    /// - Parameter application: the program's name.
    /// - Returns: the catalogue that workers announce.
    public func catalogue(application: String) -> TaskCatalogue {
        let tasks = contents.withLock { contents in
            contents.tasks.values.map { TaskDescription(name: $0.name, labels: $0.labels) }
        }
        return TaskCatalogue(application: application, tasks: tasks)
    }

    func registeredTask(_ name: TaskName) -> RegisteredTask? {
        contents.withLock { $0.tasks[name] }
    }

    /// A default value that has no form on the wire is no default value: the broker refuses to start, with the reason.
    private func refuse(_ parameters: [TaskParameter], of task: TaskName) {
        for problem in parameters.compactMap(\.problem) {
            contents.withLock { contents in
                contents.registrationErrors.append(
                    TaskiqError(.configuration, "task \"\(task)\": \(problem.message)")
                )
            }
        }
    }

    /// A name that is taken is not replaced: the broker refuses to start instead, with the reason.
    private func add(_ task: RegisteredTask) {
        contents.withLock { contents in
            if contents.tasks[task.name] == nil {
                contents.tasks[task.name] = task
            } else {
                contents.registrationErrors.append(
                    TaskiqError(
                        .configuration,
                        "two tasks are named \"\(task.name)\"; give one of them another name"
                    )
                )
            }
        }
    }
}
