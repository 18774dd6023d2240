// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Gives a dependency in the making what it needs itself.
public struct DependencyResolver: Sendable {
    /// The context of the task that asked; nil for what is shared by all tasks of the worker.
    public let context: Context?
    /// The broker.
    public let broker: Broker
    let path: [Step]

    /// A dependency that is being made.
    struct Step: Sendable {
        let identity: DependencyIdentity
        let name: String
        let outlivesTasks: Bool
    }

    /// The values that event handlers put aside.
    public var state: TaskiqState { broker.state }

    /// The value of another dependency, made if need be.
    ///
    /// - Parameter dependency: the other one.
    /// - Returns: its value.
    /// - Throws: what making it throws; `TaskiqError` with code `configuration` when dependencies need each other in a
    ///   circle, or one that lives as long as the worker needs one that ends with the task.
    public func resolve<Value>(_ dependency: Dependency<Value>) async throws -> Value {
        if path.contains(where: { $0.identity == dependency.identity }) {
            throw circle(dependency.name)
        }
        if let last = path.last, last.outlivesTasks, dependency.scope != .worker {
            throw TaskiqError(
                .configuration,
                "the dependency \(last.name) lives as long as the worker and cannot need \(dependency.name), which ends "
                    + "with each task"
            )
        }
        let step = Step(
            identity: dependency.identity,
            name: dependency.name,
            outlivesTasks: dependency.scope == .worker
        )
        let inner = DependencyResolver(
            context: dependency.scope == .worker ? nil : context,
            broker: broker,
            path: path + [step]
        )
        switch dependency.scope {
        case .worker: return try await broker.dependencies.value(of: dependency, resolver: inner)
        case .task, .transient:
            guard let context else {
                throw TaskiqError(.configuration, "the dependency \(dependency.name) can only be asked for by a task")
            }
            return try await context.dependencies.value(of: dependency, resolver: inner)
        }
    }

    func circle(_ name: String) -> TaskiqError {
        let names = path.map(\.name) + [name]
        return TaskiqError(
            .configuration,
            "dependencies need each other in a circle: \(names.joined(separator: " → "))"
        )
    }
}
