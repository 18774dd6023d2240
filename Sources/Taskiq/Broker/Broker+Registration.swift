// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
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
    @inlinable
    @discardableResult
    public func task<each Argument: Codable & Sendable, Output: Codable & Sendable>(
        _ name: TaskName,
        labels: Labels = [],
        parameters: [TaskParameter] = [],
        run body: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Output
    ) -> TaskDefinition<Output, repeat each Argument> {
        add(try RegisteredTask(name, labels, parameters, body))
        return TaskDefinition(name: name, labels: labels, broker: self, outputCoder: .codable, body: body)
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
    @inlinable
    @discardableResult
    public func task<each Argument: Codable & Sendable>(
        _ name: TaskName,
        labels: Labels = [],
        parameters: [TaskParameter] = [],
        run body: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Void
    ) -> TaskDefinition<Void, repeat each Argument> {
        add(try RegisteredTask(name, labels, parameters, body))
        return TaskDefinition(name: name, labels: labels, broker: self, outputCoder: .void, body: body)
    }

    /// Registers a closure as a task while the program runs; workers of this broker announce it at once.
    ///
    /// - Parameters:
    ///   - name: the name on the wire.
    ///   - labels: labels of every message of the task.
    ///   - parameters: the closure's parameter names, so that senders may use keywords as well as positions.
    ///   - body: the work; its parameters are the positional arguments.
    /// - Returns: the task, to be sent with `kiq`.
    /// - Throws: `TaskiqError` with code `configuration` when the name is taken, or a default value cannot be
    ///   encoded.
    @inlinable
    @discardableResult
    public func registerTask<each Argument: Codable & Sendable, Output: Codable & Sendable>(
        _ name: TaskName,
        labels: Labels = [],
        parameters: [TaskParameter] = [],
        run body: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Output
    ) async throws -> TaskDefinition<Output, repeat each Argument> {
        try insert(try RegisteredTask(name, labels, parameters, body))
        await announceTasks()
        return TaskDefinition(name: name, labels: labels, broker: self, outputCoder: .codable, body: body)
    }

    /// Registers a closure that returns nothing as a task while the program runs; workers of this broker announce it at
    /// once.
    ///
    /// - Parameters:
    ///   - name: the name on the wire.
    ///   - labels: labels of every message of the task.
    ///   - parameters: the closure's parameter names, so that senders may use keywords as well as positions.
    ///   - body: the work; its parameters are the positional arguments.
    /// - Returns: the task, to be sent with `kiq`.
    /// - Throws: `TaskiqError` with code `configuration` when the name is taken, or a default value cannot be
    ///   encoded.
    @inlinable
    @discardableResult
    public func registerTask<each Argument: Codable & Sendable>(
        _ name: TaskName,
        labels: Labels = [],
        parameters: [TaskParameter] = [],
        run body: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Void
    ) async throws -> TaskDefinition<Void, repeat each Argument> {
        try insert(try RegisteredTask(name, labels, parameters, body))
        await announceTasks()
        return TaskDefinition(name: name, labels: labels, broker: self, outputCoder: .void, body: body)
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

    /// Registers the tasks of a collection.
    ///
    /// - Parameter collection: the tasks that belong together, with what they need.
    public func register(_ collection: some TaskCollection) {
        collection.register(on: self)
    }

    /// What can be run here, by name: the tasks of this broker, and those of `Broker.shared`.
    ///
    /// - Parameter application: the program's name.
    /// - Returns: the catalogue that workers announce.
    public func catalogue(application: String) -> TaskCatalogue {
        var tasks = isShared ? [:] : Broker.shared.contents.withLock { $0.tasks }
        tasks.merge(contents.withLock { $0.tasks }) { _, own in own }
        return TaskCatalogue(
            application: application,
            tasks: tasks.values.map { TaskDescription(name: $0.name, labels: $0.labels) }
        )
    }

    func registeredTask(_ name: TaskName) -> RegisteredTask? {
        if let task = contents.withLock({ $0.tasks[name] }) { return task }
        return isShared ? nil : Broker.shared.registeredTask(name)
    }

    /// A name that is taken is not replaced: the broker refuses to start instead, with the reason; one that runs goes on
    /// with the task that it has.
    @usableFromInline
    func add(_ task: @autoclosure () throws(TaskiqError) -> RegisteredTask) {
        do throws(TaskiqError) {
            try insert(try task())
        } catch {
            logger.error("a task was not registered", metadata: ["error.message": "\(error)"])
            contents.withLock { $0.registrationErrors.append(error) }
        }
    }

    @usableFromInline
    func insert(_ task: RegisteredTask) throws(TaskiqError) {
        let isNew = contents.withLock { contents in
            guard contents.tasks[task.name] == nil else { return false }
            contents.tasks[task.name] = task
            return true
        }
        guard isNew else {
            throw TaskiqError(
                .configuration,
                "two tasks are named \"\(task.name)\"; give one of them another name"
            )
        }
    }

    @usableFromInline
    func announceTasks() async {
        guard let application = contents.withLock({ $0.announcedApplication }) else { return }
        var announced = -1
        // Of several who announce at the same time the one who finds nothing newer is the last.
        while true {
            let count = contents.withLock { $0.tasks.count }
            guard count != announced else { return }
            announced = count
            await transport.announce(catalogue(application: application))
        }
    }
}
