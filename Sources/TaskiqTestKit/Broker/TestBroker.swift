// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Logging
import Synchronization
public import Taskiq

/// A broker for tests: tasks run in the test's own process, when the test wants it, and everything is written down.
///
/// The pipeline is the real one: messages are encoded and decoded, middlewares and event handlers run, results are stored
/// and read back. Only the queue and the time are the test's.
///
/// In **manual** mode, the default, tasks wait until the test drains the queue, and delays take no time:
///
/// ```swift
/// @Test func remindsAfterADay() async throws {
///     try await withTestBroker { register(on: $0) } test: { test in
///         try await Remind(user: 7).kiq(on: test.broker, labels: [.delay(.seconds(86_400))])
///         try test.expectSent(Remind(user: 7))
///         #expect(test.executions.isEmpty)
///
///         try await test.drain()
///         #expect(test.executions.count == 1)
///         #expect(test.clock.now.offset == .seconds(86_400))
///     }
/// }
/// ```
///
/// A task that asks to be retried runs again in the same drain:
///
/// ```swift
/// @Test func retriesUntilTheServerAnswers() async throws {
///     try await withTestBroker { register(on: $0) } test: { test in
///         let handle = try await Fetch(url: "flaky").kiq(on: test.broker)
///         try await test.drain()
///         #expect(test.executions.map(\.isRequeued) == [true, true, false])
///         #expect(test.executions.compactMap(\.delay) == [.seconds(1), .seconds(2)])
///         #expect(try await handle.value() == "the page")
///     }
/// }
/// ```
///
/// **In place**, a task has run, and its result is there, when `kiq` returns. That suits tests of code that sends tasks
/// and goes on, or waits for them:
///
/// ```swift
/// @Test func welcomesNewUsers() async throws {
///     try await withTestBroker(.inPlace) { register(on: $0) } test: { test in
///         let user = try await signUp("a@b.c", broker: test.broker)
///         #expect(try test.sent(SendMail.self).map(\.to) == ["a@b.c"])
///     }
/// }
/// ```
///
/// The complaints of `expectSent` and its like are thrown, so that they work in Swift Testing and in XCTest alike.
public final class TestBroker: Sendable {
    /// When tasks run.
    public struct Mode: Sendable, Hashable {
        enum Kind: Hashable {
            case manual
            case inPlace(throwsTaskErrors: Bool)
        }

        let kind: Kind

        /// Tasks wait until the test drains the queue, or waits for a result.
        public static let manual = Mode(kind: .manual)
        /// A task runs within `kiq`, and so do its retries, without their delays.
        ///
        /// Hooks after sending run when the task has
        /// ended (as with Python's `await_inplace`).
        public static let inPlace = inPlace(throwsTaskErrors: false)

        /// A task runs within `kiq`, and so do its retries.
        ///
        /// - Parameter throwsTaskErrors: whether `kiq` throws when the task failed: a `TaskiqError` whose cause is what the
        ///   task threw. Its result is stored all the same. (Python's `propagate_exceptions` is another thing: it tells
        ///   dependencies of the error.)
        /// - Returns: the mode.
        public static func inPlace(throwsTaskErrors: Bool) -> Mode {
            Mode(kind: .inPlace(throwsTaskErrors: throwsTaskErrors))
        }
    }

    /// The broker to register tasks on, to send through, and to give to the code under test.
    public let broker: Broker
    let transport: TestTransport

    /// Makes a test broker.
    ///
    /// - Parameters:
    ///   - mode: when tasks run.
    ///   - clock: what delays are measured by.
    ///   - middlewares: code around sending and executing, the first outermost.
    ///   - resultBackend: where results are kept; in memory, all of them, when not given.
    ///   - formatter: turns messages into bytes and back.
    ///   - executionLimit: how many tasks one drain runs, and how often one task may ask to be run again in place, before
    ///     it counts as endless.
    ///   - manualAcknowledgeTimeout: after how long a message is delivered again whose task has ended and was to
    ///     acknowledge by itself.
    ///   - logger: what everything here logs to.
    public init(
        _ mode: Mode = .manual,
        clock: ManualClock = ManualClock(),
        middlewares: [any TaskiqMiddleware] = [],
        resultBackend: (any ResultBackend)? = nil,
        formatter: any TaskiqFormatter = JSONFormatter(),
        executionLimit: Int = 1_000,
        manualAcknowledgeTimeout: Duration = .seconds(300),
        logger: Logger = Logger(label: "taskiq.test")
    ) {
        transport = TestTransport(
            mode: mode,
            clock: clock,
            executionLimit: executionLimit,
            manualAcknowledgeTimeout: manualAcknowledgeTimeout
        )
        self.executionLimit = max(1, executionLimit)
        broker = Broker(
            transport: transport,
            resultBackend: TestResultBackend(
                resultBackend ?? InMemoryResultBackend(maximumStoredResults: nil),
                transport: transport
            ),
            // Outermost, so that it hears of an error last and can keep it as it is.
            middlewares: [transport.errors] + middlewares,
            formatter: formatter,
            logger: logger
        )
        transport.attach(broker)
    }

    let executionLimit: Int

    /// The clock by which delays pass; tasks and the code under test may sleep on it, too.
    public var clock: ManualClock { transport.clock }

    /// Starts the broker: handlers of both sides run, as tasks run in this process.
    ///
    /// Tests that need no handlers may do without.
    ///
    /// - Throws: what a handler or a middleware throws.
    public func startup() async throws { try await broker.startup() }

    /// Stops the broker; what waits is not run.
    public func shutdown() async { await broker.shutdown() }

    // MARK: What happened

    /// The runs of tasks so far, in the order of their end.
    public var executions: [TaskExecution] { transport.state.withLock { $0.executions } }

    /// The messages that were refused for good, in order.
    public var deadLetters: [DeadLetter] { transport.state.withLock { $0.deadLetters } }

    /// The runs of one task so far.
    ///
    /// - Parameter name: the task's name.
    /// - Returns: the runs, in the order of their end.
    public func executions(of name: TaskName) -> [TaskExecution] { executions.filter { $0.taskName == name } }

    /// Forgets what was sent and run so far; what waits goes on waiting.
    public func forgetHistory() {
        transport.state.withLock { state in
            state.sent = []
            state.executions = []
            state.deadLetters = []
        }
    }
}

/// Runs a test with a broker that is started before it and shut down after it, whatever happens.
///
/// - Parameters:
///   - mode: when tasks run.
///   - middlewares: code around sending and executing, the first outermost.
///   - prepare: registers tasks and event handlers, and replaces what they depend on.
///   - test: the test.
/// - Returns: what the test returns.
/// - Throws: what the startup or the test throws.
@discardableResult
public func withTestBroker<Value>(
    _ mode: TestBroker.Mode = .manual,
    middlewares: [any TaskiqMiddleware] = [],
    prepare: (Broker) throws -> Void = { _ in },
    test: (TestBroker) async throws -> Value
) async throws -> Value {
    let testBroker = TestBroker(mode, middlewares: middlewares)
    try prepare(testBroker.broker)
    try await testBroker.startup()
    do {
        let value = try await test(testBroker)
        await testBroker.shutdown()
        return value
    } catch {
        await testBroker.shutdown()
        throw error
    }
}
