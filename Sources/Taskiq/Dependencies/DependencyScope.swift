// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Synchronization

/// The values of dependencies that end together: those of one execution, or those of a worker.
final class DependencyScope: Sendable {
    /// The end of a value.
    private struct Disposal: Sendable {
        let name: String
        let dispose: @Sendable ((any Error)?) async throws -> Void
    }

    /// A value that is made, or in the making.
    private struct Making {
        let number: UInt64
        let task: Task<any Sendable, any Error>
        /// How many wait for it.
        var waiters = 0
        var isMade = false
    }

    private struct State {
        var values: [DependencyIdentity: Making] = [:]
        /// What is made while something else is being made: who needs whom.
        var needs: [DependencyIdentity: Set<DependencyIdentity>] = [:]
        var disposals: [Disposal] = []
        var isClosed = false
        var lastNumber: UInt64 = 0
        /// What began up to this number belongs to those that have been disposed of, and the error that ended them.
        var ended: (number: UInt64, error: (any Error)?) = (0, nil)

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

        /// The next that is to be disposed of; nil when all are, and what was begun before and ends later is too late.
        mutating func nextDisposal(after error: (any Error)?, upTo last: UInt64) -> Disposal? {
            if let disposal = disposals.popLast() { return disposal }
            ended = (max(last, ended.number), error)
            return nil
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
    /// Whoever is cancelled waits no longer; what it waited for is cancelled if nobody else waits for it.
    ///
    /// - Parameters:
    ///   - dependency: the dependency.
    ///   - resolver: what the making may ask; the dependency is the last on its path.
    /// - Returns: the value.
    /// - Throws: what making it throws, or `TaskiqError` with code `configuration`.
    func value<Value: Sendable>(of dependency: Dependency<Value>, resolver: DependencyResolver) async throws -> Value {
        let making = try state.withLock { state in
            guard dependency.scope != .transient else { return try start(dependency, resolver, &state) }
            if let asking = resolver.path.dropLast().last?.identity {
                // Two that are made at the same time and need each other would wait for ever.
                if state.reaches(asking, from: dependency.identity) { throw resolver.circle("…") }
                state.needs[asking, default: []].insert(dependency.identity)
            }
            var making = try state.values[dependency.identity] ?? start(dependency, resolver, &state)
            making.waiters += 1
            state.values[dependency.identity] = making
            return making
        }
        let value: any Sendable
        do {
            value = try await making.task.valueUnlessCancelled()
            stopWaiting(for: dependency, making, failed: false)
        } catch {
            stopWaiting(for: dependency, making, failed: true)
            throw error
        }
        guard let value = value as? Value else {
            throw TaskiqError(.configuration, "the dependency \(dependency.name) is not \(Value.self)")
        }
        return value
    }

    /// Notes that one waits no longer, because the making ended or because it was cancelled itself.
    private func stopWaiting<Value>(for dependency: Dependency<Value>, _ making: Making, failed: Bool) {
        let isCancelled = failed && Task.isCancelled
        if dependency.scope == .transient {
            if isCancelled { making.task.cancel() }
            return
        }
        state.withLock { state in
            guard var current = state.values[dependency.identity], current.number == making.number else { return }
            current.waiters -= 1
            state.values[dependency.identity] = current
            guard failed, !current.isMade else { return }
            if !isCancelled {
                // What could not be made may be made when it is asked for again.
                state.values[dependency.identity] = nil
            } else if dependency.scope == .task, current.waiters == 0 {
                // What a worker shares is not given up because one task is.
                state.values[dependency.identity] = nil
                current.task.cancel()
            }
        }
    }

    /// Begins to make a value.
    ///
    /// Unstructured, so that all who ask at the same time wait for the same one.
    private func start<Value>(
        _ dependency: Dependency<Value>,
        _ resolver: DependencyResolver,
        _ state: inout State
    ) throws -> Making {
        guard !state.isClosed else {
            throw TaskiqError(.configuration, "the dependency \(dependency.name) was asked for after its scope's end")
        }
        state.lastNumber += 1
        let number = state.lastNumber
        let make: @concurrent @Sendable () async throws -> any Sendable = { [self] in
            if let override = resolver.broker.override(of: dependency) {
                let value = try await override(resolver)
                await made(dependency.identity, number, nil, resolver)
                return value
            }
            let value = try await dependency.make(resolver)
            let disposal = dependency.dispose.map { dispose in
                Disposal(name: dependency.name) { error in try await dispose(value, error) }
            }
            await made(dependency.identity, number, disposal, resolver)
            return value
        }
        // A worker's dependency must not take the context of the task that happened to be the first to ask.
        let task = dependency.scope == .worker ? Task.detached(operation: make) : Task(operation: make)
        return Making(number: number, task: task)
    }

    /// Keeps what ends a value; a value that is made after the others were disposed of is disposed of at once.
    private func made(
        _ identity: DependencyIdentity,
        _ number: UInt64,
        _ disposal: Disposal?,
        _ resolver: DependencyResolver
    ) async {
        let late = state.withLock { state -> (disposal: Disposal, error: (any Error)?)? in
            if state.values[identity]?.number == number { state.values[identity]?.isMade = true }
            guard let disposal else { return nil }
            if number <= state.ended.number { return (disposal, state.ended.error) }
            state.disposals.append(disposal)
            return nil
        }
        guard let late else { return }
        // Unstructured: the making is cancelled, its end is not.
        await Task {
            await end(late.disposal, after: late.error) { resolver.context?.logger ?? resolver.broker.logger }
        }.value
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
        let (making, last, isNothingToDo) = state.withLock { state in
            state.isClosed = isFinal
            defer {
                state.values = [:]
                state.needs = [:]
            }
            let isNothingToDo = state.values.isEmpty && state.disposals.isEmpty
            if isNothingToDo { state.ended = (state.lastNumber, error) }
            return (state.values.values.map(\.task), state.lastNumber, isNothingToDo)
        }
        if isNothingToDo { return }
        // Unstructured: a task that was cancelled is cleaned up after like any other, and its cleaning is not cancelled.
        await Task {
            for task in making {
                // Nobody waits for one that is still being made.
                task.cancel()
                _ = await task.result(within: disposalLimit)
            }
            while let disposal = state.withLock({ $0.nextDisposal(after: error, upTo: last) }) {
                await end(disposal, after: error, logger: logger)
            }
        }.value
    }

    private func end(_ disposal: Disposal, after error: (any Error)?, logger: @Sendable () -> Logger) async {
        // Unstructured, so that it can be left behind.
        let ending = Task { try await disposal.dispose(error) }
        let problem: String
        switch await ending.result(within: disposalLimit) {
        case .success: return
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
}
