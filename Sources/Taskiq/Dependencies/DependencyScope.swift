// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Synchronization

/// The values of dependencies that end together: those of one execution, or those of a worker.
final class DependencyScope: Sendable {
    private typealias Disposal = @Sendable ((any Error)?) async throws -> Void

    private struct State {
        var values: [DependencyIdentity: Task<any Sendable, any Error>] = [:]
        /// What is made while something else is being made: who needs whom.
        var needs: [DependencyIdentity: Set<DependencyIdentity>] = [:]
        var disposals: [(name: String, dispose: Disposal)] = []
        var isClosed = false

        /// Whether one dependency needs another, directly or through others.
        func reaches(_ wanted: DependencyIdentity, from start: DependencyIdentity) -> Bool {
            var seen: Set<DependencyIdentity> = []
            var open = [start]
            while let next = open.popLast() {
                if next == wanted { return true }
                if seen.insert(next).inserted { open += needs[next] ?? [] }
            }
            return false
        }
    }

    private let state = Mutex(State())
    private let disposalLimit: Duration

    /// - Parameter disposalLimit: how long the end of one value is waited for.
    init(disposalLimit: Duration = .seconds(30)) {
        self.disposalLimit = disposalLimit
    }

    /// The value of a dependency: the one that is there, or one that is made now.
    ///
    /// - Parameters:
    ///   - dependency: the dependency.
    ///   - resolver: what the making may ask; the dependency is the last on its path.
    /// - Returns: the value.
    /// - Throws: what making it throws, or `TaskiqError` with code `configuration`.
    func value<Value: Sendable>(of dependency: Dependency<Value>, resolver: DependencyResolver) async throws -> Value {
        let making: Task<any Sendable, any Error>
        if dependency.scope == .transient {
            making = try start(dependency, resolver)
        } else {
            making = try state.withLock { state in
                if let asking = resolver.path.dropLast().last?.identity {
                    // Two that are made at the same time and need each other would wait for ever.
                    if state.reaches(asking, from: dependency.identity) { throw resolver.circle("…") }
                    state.needs[asking, default: []].insert(dependency.identity)
                }
                if let making = state.values[dependency.identity] { return making }
                let making = try start(dependency, resolver, &state)
                state.values[dependency.identity] = making
                return making
            }
        }
        let value = try await withTaskCancellationHandler {
            do {
                return try await making.valueUnlessCancelled()
            } catch {
                // What could not be made may be made when it is asked for again; what a worker shares is not given up
                // because one task is.
                if dependency.scope != .worker || !Task.isCancelled { forget(dependency.identity, making) }
                throw error
            }
        } onCancel: {
            if dependency.scope != .worker { making.cancel() }
        }
        guard let value = value as? Value else {
            throw TaskiqError(.configuration, "the dependency \(dependency.name) is not \(Value.self)")
        }
        return value
    }

    private func start<Value>(
        _ dependency: Dependency<Value>,
        _ resolver: DependencyResolver
    ) throws -> Task<any Sendable, any Error> {
        try state.withLock { try start(dependency, resolver, &$0) }
    }

    /// Begins to make a value.
    ///
    /// Unstructured, so that all who ask at the same time wait for the same one.
    private func start<Value>(
        _ dependency: Dependency<Value>,
        _ resolver: DependencyResolver,
        _ state: inout State
    ) throws -> Task<any Sendable, any Error> {
        guard !state.isClosed else {
            throw TaskiqError(.configuration, "the dependency \(dependency.name) was asked for after its scope's end")
        }
        let make: @concurrent @Sendable () async throws -> any Sendable = { [self] in
            if let override = resolver.broker.override(of: dependency) { return try await override(resolver) }
            let value = try await dependency.make(resolver)
            if let dispose = dependency.dispose {
                keep((dependency.name, { error in try await dispose(value, error) }))
            }
            return value
        }
        // A worker's dependency must not take the context of the task that happened to be the first to ask.
        return dependency.scope == .worker ? Task.detached(operation: make) : Task(operation: make)
    }

    private func keep(_ disposal: (name: String, dispose: Disposal)) {
        state.withLock { $0.disposals.append(disposal) }
    }

    private func forget(_ identity: DependencyIdentity, _ making: Task<any Sendable, any Error>) {
        state.withLock { state in
            if state.values[identity] == making { state.values[identity] = nil }
        }
    }

    /// Ends all values in reverse order of their making.
    ///
    /// - Parameters:
    ///   - error: what ended the task; nil when nothing went wrong.
    ///   - isFinal: whether nothing can be asked for any more.
    ///   - logger: where what goes wrong is told.
    func dispose(
        after error: (any Error)?,
        isFinal: Bool,
        logger: @autoclosure @escaping @Sendable () -> Logger
    ) async {
        let (making, isNothingToDo) = state.withLock { state in
            state.isClosed = isFinal
            defer {
                state.values = [:]
                state.needs = [:]
            }
            return (Array(state.values.values), state.values.isEmpty && state.disposals.isEmpty)
        }
        if isNothingToDo { return }
        // Unstructured: a task that was cancelled is cleaned up after like any other, and its cleaning is not cancelled.
        await Task {
            for task in making {
                // Nobody waits for one that is still being made.
                task.cancel()
                _ = await task.result(within: disposalLimit)
            }
            while let disposal = state.withLock({ $0.disposals.popLast() }) {
                let ending = Task { try await disposal.dispose(error) }
                let problem: String
                switch await ending.result(within: disposalLimit) {
                case .success: continue
                case .failure(let error): problem = "\(error)"
                case nil:
                    ending.cancel()
                    problem = "it took longer than \(disposalLimit)"
                }
                logger().error(
                    "a dependency could not be disposed of",
                    metadata: ["taskiq.dependency": "\(disposal.name)", "error.message": "\(problem)"]
                )
            }
        }.value
    }
}
