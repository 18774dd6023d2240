// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Dependencies", .timeLimit(.minutes(5)))
struct DependencyTests {
    private let journal = Journal()
    private let broker = Broker(transport: RecordingTransport(), resultBackend: RecordingBackend())

    /// Runs a task and tells what became of it.
    @discardableResult
    private func run(
        labels: Labels = [],
        kwargs: KeywordArguments = [:],
        abandoning: Bool = false,
        _ body: @escaping @concurrent @Sendable (Context) async throws -> Void
    ) async throws -> RecordingReceipt {
        let name = TaskName(rawValue: "task \(TaskID.generate())")
        broker.register(named: name) { _, context in
            try await body(context)
            return .null
        }
        let message = TaskiqMessage(taskID: "i", taskName: name, labels: labels, kwargs: kwargs)
        return try await broker.receive(message, abandoning: abandoning)
    }

    private func error() async throws -> TaskFailure? {
        try await broker.resultBackend.result(for: "i")?.error
    }

    private func noted<Value: Sendable>(
        _ name: String,
        scope: Dependency<Value>.Scope = .task,
        make: @escaping @Sendable (DependencyResolver) async throws -> Value
    ) -> Dependency<Value> {
        Dependency(name, scope: scope) { [journal] resolver in
            let value = try await make(resolver)
            journal.note("make \(name)")
            return value
        } dispose: { [journal] _, error in
            journal.note(error.map { "dispose \(name) after \($0)" } ?? "dispose \(name)")
        }
    }

    @Test("what others need is made first, once in an execution, and disposed of in reverse")
    func nesting() async throws {
        let database = noted("database") { _ in 1 }
        let session = noted("session") { try await $0.resolve(database) + 1 }
        let cache = noted("cache") { try await $0.resolve(database) + 10 }
        for _ in 0..<2 {
            try await run { [journal] context in
                let values = try await (
                    context.resolve(session), context.resolve(cache), context.resolve(session)
                )
                journal.note("task \(values)")
            }
        }
        let once = [
            "make database", "make session", "make cache", "task (2, 11, 2)", "dispose cache", "dispose session",
            "dispose database",
        ]
        #expect(journal.entries == once + once)
    }

    @Test("a worker's dependency is made once and lives until the broker stops")
    func workerScope() async throws {
        let pool = noted("pool", scope: .worker) { resolver in
            #expect(resolver.context == nil)
            #expect(Context.current == nil)
            return 1
        }
        let session = noted("session") { try await $0.resolve(pool) }
        try await broker.startup(role: .worker)
        for _ in 0..<2 { try await run { _ = try await $0.resolve(session) } }
        #expect(
            journal.entries == ["make pool", "make session", "dispose session", "make session", "dispose session"]
        )
        await broker.shutdown()
        #expect(journal.entries.last == "dispose pool")
        try await broker.startup(role: .worker)
        try await run { _ = try await $0.resolve(pool) }
        await broker.shutdown()
        #expect(journal.entries.suffix(2) == ["make pool", "dispose pool"])
    }

    @Test("all who ask at the same time get the same value; a transient one is made for each")
    func concurrency() async throws {
        let shared = noted("shared", scope: .worker) { _ in TaskID.generate() }
        let own = noted("own") { _ in TaskID.generate() }
        let transient = noted("transient", scope: .transient) { _ in TaskID.generate() }
        try await run { [journal] context in
            for dependency in [shared, own, transient] {
                let values = try await withThrowingTaskGroup(of: TaskID.self) { group in
                    for _ in 0..<20 { group.addTask { try await context.resolve(dependency) } }
                    return try await group.reduce(into: Set<TaskID>()) { $0.insert($1) }
                }
                journal.note("\(dependency.name): \(values.count)")
            }
        }
        let counts = journal.entries.filter { $0.contains(":") }
        #expect(counts == ["shared: 1", "own: 1", "transient: 20"])
        #expect(journal.entries.count { $0 == "dispose transient" } == 20)
    }

    @Test("the error of the task is shown to whoever disposes, and stays the task's")
    func failing() async throws {
        let session = noted("session") { _ in 1 }
        try await run { context in
            _ = try await context.resolve(session)
            throw VisibleError()
        }
        #expect(journal.entries == ["make session", "dispose session after VisibleError()"])
        #expect(try await error()?.type.hasSuffix("VisibleError") == true)
        try await run { context in
            _ = try await context.resolve(session)
            try context.requeue()
        }
        #expect(journal.entries.last == "dispose session after to be run again")
    }

    @Test("a cancelled task is cleaned up after, by code that is not cancelled")
    func cancellation() async throws {
        let session = Dependency("session") { _ in
            1
        } dispose: { [journal] _, error in
            journal.note("\(type(of: error)), cancelled: \(Task.isCancelled)")
        }
        try await run(labels: [.timeout(.milliseconds(1))]) { context in
            _ = try await context.resolve(session)
            try await untilCancelled()
        }
        #expect(journal.entries == ["Optional<Error>, cancelled: false"])
        #expect(try await error()?.message.contains("longer than its limit") == true)
    }

    @Test("a dependency that cannot be made is the task's error; what was made is disposed of")
    func unmakeable() async throws {
        let database = noted("database") { _ in 1 }
        let broken = noted("broken") { resolver -> Int in
            _ = try await resolver.resolve(database)
            throw VisibleError()
        }
        try await run { _ = try await $0.resolve(broken) }
        #expect(journal.entries == ["make database", "dispose database after VisibleError()"])
        #expect(try await error()?.type.hasSuffix("VisibleError") == true)
    }

    @Test("an error while disposing harms nothing else")
    func undisposable() async throws {
        let database = noted("database") { _ in 1 }
        let broken = Dependency("broken") { _ in
            1
        } dispose: { _, _ in
            throw VisibleError()
        }
        try await run { context in
            _ = try await context.resolve(database)
            _ = try await context.resolve(broken)
        }
        #expect(journal.entries == ["make database", "dispose database"])
        #expect(try await broker.resultBackend.result(for: "i")?.isError == false)
    }

    /// Two dependencies that need each other, which takes a variable.
    private final class Knot: Sendable {
        let first: Dependency<Int>
        let second: Dependency<Int>

        init(scope: Dependency<Int>.Scope) {
            let later = TaskiqState()
            let first = Dependency<Int>("first", scope: scope) { resolver in
                guard let second = later.value(for: "second", as: Dependency<Int>.self) else { return 0 }
                return try await resolver.resolve(second)
            }
            second = Dependency<Int>("second", scope: scope) { try await $0.resolve(first) }
            self.first = first
            later.setValue(second, for: "second")
        }
    }

    @Test("a circle is an error and not an endless wait", arguments: [Dependency<Int>.Scope.task, .worker])
    func circle(scope: Dependency<Int>.Scope) async throws {
        let knot = Knot(scope: scope)
        try await run { _ = try await $0.resolve(knot.first) }
        #expect(
            try await error()?.message == "dependencies need each other in a circle: first → second → first"
        )
        // From both ends at once, neither is on the other's path.
        try await run { context in
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<50 {
                    group.addTask { _ = try await context.resolve(knot.first) }
                    group.addTask { _ = try await context.resolve(knot.second) }
                }
            }
        }
        #expect(try await error()?.message.contains("circle") == true)
    }

    @Test("what lives as long as the worker cannot need what ends with a task")
    func scopes() async throws {
        let session = noted("session") { _ in 1 }
        let pool = noted("pool", scope: .worker) { try await $0.resolve(session) }
        try await run { _ = try await $0.resolve(pool) }
        #expect(
            try await error()?.message
                == "the dependency pool lives as long as the worker and cannot need session, which ends with each task"
        )
    }

    @Test("a test may put another value in a dependency's place; a message may not")
    func overrides() async throws {
        let database = noted("database") { _ in "real" }
        let session = noted("session") { try await $0.resolve(database) }
        broker.override(database, with: "fake")
        try await run { [journal] in journal.note(try await $0.resolve(session)) }
        broker.removeOverrides()
        try await run(kwargs: ["database": .string("sent"), "session": .string("sent")]) { [journal] in
            journal.note(try await $0.resolve(session))
        }
        #expect(
            journal.entries == [
                "make session", "fake", "dispose session", "make database", "make session", "real", "dispose session",
                "dispose database",
            ]
        )
    }

    @Test("nothing can be asked for after the task's end")
    func late() async throws {
        let session = noted("session") { _ in 1 }
        let kept = TaskiqState()
        try await run { kept.setValue($0, for: "context") }
        let context = try #require(kept.value(for: "context", as: Context.self))
        let error = await #expect(throws: TaskiqError.self) { try await context.resolve(session) }
        #expect(error?.message == "the dependency session was asked for after its scope's end")
        #expect(journal.entries.isEmpty)
    }

    @Test("a task's time limit holds while it waits for what a worker shares; others may still get that")
    func hanging() async throws {
        let gate = Gate()
        let pool = Dependency("pool", scope: .worker) { _ in
            await gate.wait()
            return 1
        }
        try await run(labels: [.timeout(.milliseconds(1))]) { _ = try await $0.resolve(pool) }
        #expect(try await error()?.message.contains("longer than its limit") == true)
        gate.open()
        try await run { [journal] in journal.note("\(try await $0.resolve(pool))") }
        #expect(journal.entries == ["1"])
    }

    @Test("one that does not end keeps none of the others from ending")
    func endless() async throws {
        let first = noted("first", scope: .worker) { _ in 1 }
        let endless = Dependency("endless", scope: .worker) { _ in
            2
        } dispose: { _, _ in
            try await untilCancelled()
        }
        let scope = DependencyScope(disposalLimit: .milliseconds(1))
        for dependency in [first, endless] {
            let step = DependencyResolver.Step(
                identity: dependency.identity,
                name: dependency.name,
                outlivesTasks: true
            )
            let resolver = DependencyResolver(context: nil, broker: broker, path: [step])
            _ = try await scope.value(of: dependency, resolver: resolver)
        }
        await scope.dispose(after: nil, isFinal: true, logger: broker.logger)
        #expect(journal.entries == ["make first", "dispose first"])
    }

    /// Waits for a gate whether it is cancelled or not.
    private static func deaf(_ gate: Gate) async { await Task { await gate.wait() }.value }

    @Test(
        "what is made after its task has ended is disposed of then",
        arguments: [Dependency<Int>.Scope.task, .transient]
    )
    func madeTooLate(scope: Dependency<Int>.Scope) async throws {
        let (gate, disposed) = (Gate(), Gate())
        let slow = Dependency("slow", scope: scope) { _ in
            await Self.deaf(gate)
            return 1
        } dispose: { [journal] _, error in
            journal.note("\((error as? TaskiqError)?.code == .taskTimeout), cancelled: \(Task.isCancelled)")
            disposed.open()
        }
        try await run(labels: [.timeout(.milliseconds(1))]) { _ = try await $0.resolve(slow) }
        #expect(journal.entries.isEmpty)
        gate.open()
        await disposed.wait()
        #expect(journal.entries == ["true, cancelled: false"])
    }

    @Test("what a worker shares and is made after its end is disposed of then; a new start makes another")
    func sharedTooLate() async throws {
        let (gate, began) = (Gate(), Gate())
        let scope = DependencyScope(disposalLimit: .milliseconds(1))
        let disposed = Gate()
        let slow = Dependency("slow", scope: .worker) { [journal] _ in
            journal.note("make")
            began.open()
            await Self.deaf(gate)
            return 1
        } dispose: { [journal] _, _ in
            journal.note("dispose")
            disposed.open()
        }
        let step = DependencyResolver.Step(identity: slow.identity, name: slow.name, outlivesTasks: true)
        let resolver = DependencyResolver(context: nil, broker: broker, path: [step])
        let asking = Task { try await scope.value(of: slow, resolver: resolver) }
        await began.wait()
        await scope.dispose(after: nil, isFinal: false, logger: broker.logger)
        #expect(journal.entries == ["make"])
        gate.open()
        await disposed.wait()
        _ = await asking.result
        #expect(try await scope.value(of: slow, resolver: resolver) == 1)
        await scope.dispose(after: nil, isFinal: true, logger: broker.logger)
        #expect(journal.entries == ["make", "dispose", "make", "dispose"])
    }

    @Test("one of two who wait for the same is cancelled: the other gets it; when both are, so is the making")
    func cancelledWaiters() async throws {
        for cancelsBoth in [false, true] {
            let (gate, began) = (Gate(), Gate())
            let shared = Dependency("shared") { [journal] _ in
                began.open()
                await gate.wait()
                journal.note("cancelled: \(Task.isCancelled)")
                return 1
            }
            try await run { context in
                let waiters = (0..<2).map { _ in Task { try await context.resolve(shared) } }
                await began.wait()
                // Long enough for both to have asked.
                for _ in 0..<2_000 { await Task.yield() }
                waiters[0].cancel()
                await #expect(throws: CancellationError.self) { try await waiters[0].value }
                if cancelsBoth {
                    waiters[1].cancel()
                    await #expect(throws: CancellationError.self) { try await waiters[1].value }
                } else {
                    gate.open()
                    let values = (try await waiters[1].value, try await context.resolve(shared))
                    #expect(values == (1, 1))
                }
            }
            #expect(try await error() == nil)
        }
        #expect(journal.entries.first == "cancelled: false")
        while journal.entries.count < 2 { await Task.yield() }
        #expect(journal.entries == ["cancelled: false", "cancelled: true"])
    }

    @Test("who is cancelled and asks for what is there takes it from nobody")
    func cancelledAsker() async throws {
        let session = noted("session") { _ in 1 }
        try await run { context in
            _ = try await context.resolve(session)
            let asking = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await context.resolve(session)
            }
            asking.cancel()
            _ = await asking.result
            _ = try await context.resolve(session)
        }
        #expect(journal.entries == ["make session", "dispose session"])
    }
}
