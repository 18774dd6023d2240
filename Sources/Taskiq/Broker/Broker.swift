// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Logging
import Synchronization

/// Where tasks are registered and sent from.
///
/// A broker is one value to pass around, whatever engine is behind it: it keeps the tasks, the middlewares and the
/// event handlers, and gives messages to its `BrokerTransport`.
public final class Broker: Sendable {
    /// Values that event handlers put aside and tasks read.
    public let state = TaskiqState()
    /// Where results are kept.
    public let resultBackend: any ResultBackend
    /// Turns messages into bytes and back.
    public let formatter: any TaskiqFormatter
    /// The engine.
    public let transport: any BrokerTransport
    /// The logger that everything here logs to.
    public let logger: Logger
    let chain: MiddlewareChain
    let makeTaskID: @Sendable () -> TaskID

    struct Contents {
        var tasks: [TaskName: RegisteredTask] = [:]
        var handlers: [(event: TaskiqEvent, action: @Sendable (Broker) async throws -> Void)] = []
        var registrationErrors: [TaskiqError] = []
        var retryConditions: [TaskName: RetryCondition] = [:]
        var phase = Phase.stopped
        var role = Role.client
        var inProcessWorker: Task<Void, Never>?
        var announcedApplication: String?
        var overrides: [DependencyIdentity: @Sendable (DependencyResolver) async throws -> any Sendable] = [:]
    }

    /// Where the broker is in its life; who asks for a start or a stop that is under way waits for it.
    enum Phase {
        case stopped
        case starting(BrokerStart)
        case started
        case stopping(Task<Void, Never>)
    }

    let contents = Mutex(Contents())
    /// Whether it only holds tasks, for all brokers of this process.
    let isShared: Bool
    /// What all tasks of a worker share.
    let dependencies = DependencyScope()

    /// On which side of the queue the broker works.
    public enum Role: Sendable {
        /// It sends.
        case client
        /// It runs tasks, and may send.
        case worker
    }

    /// Makes a broker.
    ///
    /// - Parameters:
    ///   - transport: the engine.
    ///   - resultBackend: where results are kept. When not given: the transport's own; without one, the memory of this
    ///     process if tasks run here, else nowhere.
    ///   - middlewares: code around sending and executing, the first outermost.
    ///   - formatter: turns messages into bytes and back.
    ///   - makeTaskID: makes the ids of messages that are sent without one.
    ///   - logger: what everything here logs to.
    public init(
        transport: any BrokerTransport,
        resultBackend: (any ResultBackend)? = nil,
        middlewares: [any TaskiqMiddleware] = [],
        formatter: any TaskiqFormatter = JSONFormatter(),
        makeTaskID: @escaping @Sendable () -> TaskID = { .generate() },
        logger: Logger = Logger(label: "taskiq")
    ) {
        self.transport = transport
        isShared = Self.isShared(transport)
        self.resultBackend =
            resultBackend ?? transport.resultBackend
            ?? (transport.runsTasksInProcess ? InMemoryResultBackend() : DummyResultBackend())
        self.formatter = formatter
        self.makeTaskID = makeTaskID
        self.logger = logger
        chain = MiddlewareChain(middlewares: middlewares)
    }

    /// Makes a broker that runs its tasks in this process, with nothing beside it.
    ///
    /// - Parameters:
    ///   - resultBackend: where results are kept; the last 10,000 in memory when not given.
    ///   - middlewares: code around sending and executing, the first outermost.
    ///   - formatter: turns messages into bytes and back.
    ///   - makeTaskID: makes the ids of messages that are sent without one.
    ///   - logger: what everything here logs to.
    /// - Returns: the broker; tasks run between its startup and its shutdown.
    public static func inMemory(
        resultBackend: (any ResultBackend)? = nil,
        middlewares: [any TaskiqMiddleware] = [],
        formatter: any TaskiqFormatter = JSONFormatter(),
        makeTaskID: @escaping @Sendable () -> TaskID = { .generate() },
        logger: Logger = Logger(label: "taskiq")
    ) -> Broker {
        Broker(
            transport: InMemoryTransport(),
            resultBackend: resultBackend,
            middlewares: middlewares,
            formatter: formatter,
            makeTaskID: makeTaskID,
            logger: logger
        )
    }
}
