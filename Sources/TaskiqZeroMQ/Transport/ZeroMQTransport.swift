// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Logging
import Synchronization
public import Taskiq
import TaskiqCron
import TaskiqHubProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Messages to and from a hub, over ZeroMQ.
///
/// A message that was sent is on the hub's disk when `kick` returns. The hub may be restarted at any time: what was on
/// its way is said again, and what runs goes on.
public final class ZeroMQTransport: BrokerTransport {
    /// How a program talks to a hub.
    public struct Configuration: Sendable {
        /// The program's name, as the hub shows it.
        public var application: String
        /// How long sending a message may take, connecting and a hub's restart included.
        public var sendTimeout: Duration
        /// How long a stopping program waits for the hub's goodbye.
        public var goodbyeTimeout: Duration
        /// Whether a result stays at the hub, until its time is over, when this program has read it.
        ///
        /// False deletes it then, so that it can be read once; several readers in one program that wait for it at the
        /// same time all get it.
        public var keepResults: Bool
        /// The keys for a hub that admits keys alone; nil reads the files that the address names, if it names any.
        public var keys: CurveKeys?

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - application: the program's name, as the hub shows it.
        ///   - sendTimeout: how long sending a message may take.
        ///   - goodbyeTimeout: how long a stopping program waits for the hub's goodbye.
        ///   - keepResults: whether a result stays at the hub when this program has read it.
        ///   - keys: the keys for a hub that admits keys alone.
        public init(
            application: String = "app",
            sendTimeout: Duration = .seconds(30),
            goodbyeTimeout: Duration = .seconds(1),
            keepResults: Bool = true,
            keys: CurveKeys? = nil
        ) {
            self.application = application
            self.sendTimeout = sendTimeout
            self.goodbyeTimeout = goodbyeTimeout
            self.keepResults = keepResults
            self.keys = keys
        }
    }

    private let configuration: Configuration
    private let keys: CurveKeys?
    private let hub: HubAddress
    private let logger: Logger
    private let current: Mutex<HubConnection>

    /// Makes a transport that is not connected yet.
    ///
    /// - Parameters:
    ///   - address: where the hub is.
    ///   - configuration: how to talk to it.
    ///   - logger: what it logs to.
    /// - Throws: when the system has no more descriptors, or a file of keys cannot be used.
    public init(
        address: HubAddress,
        configuration: Configuration = Configuration(),
        logger: Logger
    ) throws {
        self.configuration = configuration
        hub = address
        self.logger = logger
        let keys =
            try configuration.keys
            ?? address.keyFile.map { file throws(TaskiqError) in try CurveKeys(file: file, hubFile: address.hubKeyFile)
            }
        self.keys = keys
        current = Mutex(
            try HubConnection(address: address, application: configuration.application, keys: keys, logger: logger)
        )
    }

    var sendTimeout: Duration { configuration.sendTimeout }

    /// The hub's address.
    public var address: String { hub.description }

    var connection: HubConnection { current.withLock { $0 } }

    /// The hub's results.
    public var resultBackend: (any ResultBackend)? {
        HubResultBackend(
            transport: self,
            timeout: configuration.sendTimeout,
            keepsResults: configuration.keepResults
        )
    }

    /// Begins to connect, and does not wait for it; after a shutdown it begins anew.
    public func startup() async throws {
        let connection = try current.withLock { connection in
            if connection.isClosed {
                connection = try HubConnection(
                    address: hub,
                    application: configuration.application,
                    keys: keys,
                    logger: logger
                )
            }
            return connection
        }
        try connection.start()
    }

    /// Sends a message; returns when it is on the hub's disk.
    public func kick(_ message: BrokerMessage) async throws {
        try await connection.submit(try submission(of: message), timeout: configuration.sendTimeout)
    }

    /// Begins to take messages, once the hub can be reached.
    public func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel {
        let catalogue = subscription.catalogue
        let json = try json(of: catalogue)
        let hello = WorkerHello(
            identity: PeerIdentity.generate(),
            application: catalogue.application,
            host: Self.hostName,
            processID: Int64(getpid()),
            queues: subscription.queues,
            concurrency: subscription.concurrency,
            catalogueHash: catalogue.hash
        )
        let (credit, isTooMuch) = subscription.concurrency.addingReportingOverflow(subscription.prefetch)
        return try connection.listen(
            hello,
            catalogue: json,
            credit: isTooMuch ? .max : credit
        )
    }

    /// Tells the hub of tasks that were registered meanwhile, now and after each new connection.
    ///
    /// What is on its way is not touched. When there are too many tasks for a frame, that is logged, and the hub goes on
    /// with those that it knows.
    public func announce(_ catalogue: TaskCatalogue) async {
        do {
            connection.mailbox.post(.announce(catalogue: try json(of: catalogue), hash: catalogue.hash))
        } catch {
            connection.logger.error("new tasks were not announced", metadata: ["error.message": "\(error)"])
        }
    }

    private func json(of catalogue: TaskCatalogue) throws(TaskiqError) -> [UInt8] {
        let json = catalogue.json()
        guard json.count <= ProtocolLimits.maximumBody else {
            throw TaskiqError(
                .configuration,
                "the tasks and labels of \(catalogue.application) take \(json.count) bytes, the hub takes "
                    + "\(ProtocolLimits.maximumBody): shorten their labels"
            )
        }
        return json
    }

    /// Takes no more messages.
    public func stopListening() async {
        connection.mailbox.post(.stopListening)
    }

    /// Reports what is left and says goodbye.
    public func shutdown() async {
        await connection.shutdown(within: configuration.goodbyeTimeout)
    }

    private func submission(of message: BrokerMessage) throws(TaskiqError) -> Submission {
        let queue = message.queue
        try check(queue, "queue")
        try check(message.taskName.rawValue, "task name")
        try check(message.taskID.rawValue, "task id")
        var submission = Submission(
            key: .generate(),
            queue: queue,
            taskName: message.taskName.rawValue,
            taskID: message.taskID.rawValue,
            body: message.message
        )
        guard !message.labels.isEmpty else { return submission }
        submission.priority = UInt8(message.priority)
        submission.delay = message.delay?.inMilliseconds ?? 0
        submission.expires = message.expires?.inMilliseconds ?? 0
        submission.uniqueKey = message.labels[.uniqueKey]
        submission.isFenced = message.labels[.fence] ?? false
        submission.scheduleID = message.labels[.scheduleID]
        submission.scheduledAt = message.labels[.scheduledAt].flatMap { Timestamp($0) }
        return submission
    }

    private func check(_ name: String, _ kind: String) throws(TaskiqError) {
        guard !ProtocolLimits.isValidName(name) else { return }
        throw TaskiqError(
            .invalidArguments,
            "the \(kind) must have 1 to 255 bytes and no control characters, found \"\(name.prefix(60))\""
        )
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return ProtocolLimits.isValidName(text) ? text : "localhost"
    }
}

extension Broker {
    /// Makes a broker that sends to a hub, and takes messages from it.
    ///
    /// - Parameters:
    ///   - address: where the hub is, `ipc://PATH` or `tcp://HOST:PORT`.
    ///   - configuration: how to talk to it.
    ///   - resultBackend: where results are kept; the hub when not given.
    ///   - middlewares: code around sending and executing, the first outermost.
    ///   - formatter: turns messages into bytes and back; workers must read what senders write, the scheduler's JSON
    ///     among it.
    ///   - makeTaskID: makes the ids of messages that are sent without one.
    ///   - logger: what everything logs to.
    /// - Returns: the broker, not started yet.
    /// - Throws: `TaskiqError` with code `configuration` for what is no address.
    public static func zeroMQ(
        _ address: String,
        configuration: ZeroMQTransport.Configuration = .init(),
        resultBackend: (any ResultBackend)? = nil,
        middlewares: [any TaskiqMiddleware] = [],
        formatter: any TaskiqFormatter = JSONFormatter(),
        makeTaskID: @escaping @Sendable () -> TaskID = { .generate() },
        logger: Logger = Logger(label: "taskiq")
    ) throws -> Broker {
        Broker(
            transport: try ZeroMQTransport(
                address: try HubAddress(address),
                configuration: configuration,
                logger: logger
            ),
            resultBackend: resultBackend,
            middlewares: middlewares,
            formatter: formatter,
            makeTaskID: makeTaskID,
            logger: logger
        )
    }
}
