// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Logging
import Synchronization
public import Taskiq

/// Messages to and from Python taskiq's `ZeroMQBroker`: publish and subscribe, without a hub, and without a memory.
///
/// It is here so that Swift and Python programs can work together where Python's broker is in use. Between Swift
/// programs a hub is better in every way, because of what PUB/SUB is:
///
/// - **Each worker process runs each task.** There is no sharing out; two worker processes run a task twice.
/// - **One client only can publish at an address.** It listens there, the workers connect to it. A second client, or a
///   scheduler beside it, is refused by the system.
/// - **Nothing is kept.** A message reaches the workers that are subscribed at that moment. One that is connecting,
///   being restarted, or too slow (beyond a thousand messages) does not get it, and nobody is told. What a worker has
///   taken and not run is lost with it; acknowledgements go nowhere.
/// - **Results do not travel.** Give the broker a result backend that both sides reach; without one they are dropped,
///   and whoever waits for one is told so at once. One in memory is no help: each process has its own.
/// - **Nobody is asked who they are, and nothing is encrypted**: whoever reaches the port reads every message.
///
/// Where Python loses a message that nobody is subscribed to, a send here waits for a worker
/// (``Configuration/subscriptionTimeout``) and fails if none comes; where Python drops what has not left the process at
/// its end, a shutdown here hands it out first (``Configuration/lingerTimeout``). A task that asks to be run again is,
/// by the worker that ran it.
///
/// A message is one ZeroMQ multipart message of consecutive 100-byte frames, as Python cuts it. A task's own
/// `broker.kiq` fails in a worker, as it does in Python: a worker has no publisher's socket.
public final class PubSubTransport: BrokerTransport {
    private enum Role {
        case stopped
        case started
        case publishing(Publisher)
        case listening(Subscriber)
    }

    private let configured: PubSubAddress
    private let configuration: Configuration
    private let logger: Logger
    private let role = Mutex(Role.stopped)

    /// Makes a transport that neither listens nor is connected yet.
    ///
    /// - Parameters:
    ///   - address: where the one publisher listens.
    ///   - configuration: how to publish, or to take messages.
    ///   - logger: what it logs to.
    public init(address: PubSubAddress, configuration: Configuration = Configuration(), logger: Logger) {
        configured = address
        self.configuration = configuration
        self.logger = logger
    }

    deinit {
        switch role.withLock({ $0 }) {
        case .publishing(let publisher): publisher.mailbox.post(.shutdown)
        case .listening(let subscriber): subscriber.mailbox.post(.shutdown)
        case .stopped, .started: break
        }
    }

    /// The address; with the port that `*` became, once it is bound.
    public var address: String {
        guard configured.connectEndpoint == nil, case .publishing(let publisher) = role.withLock({ $0 }),
            let endpoint = publisher.boundEndpoint
        else { return configured.description }
        return PubSubAddress.scheme + endpoint.dropFirst("tcp://".count)
    }

    /// Gets ready; a client binds the address with ``bind()``, or at its first message.
    public func startup() async throws {
        role.withLock { role in
            if case .stopped = role { role = .started }
        }
    }

    /// Listens at the address, so that workers can subscribe before the first message is sent.
    ///
    /// Clients that are made with `Broker.zeroMQPubSub` do this when they start. It does nothing when it was done.
    ///
    /// - Throws: `TaskiqError` with code `conflict` when another publisher is there, `configuration` when the machine
    ///   does not have that address, `sendTask` in a worker.
    public func bind() async throws {
        try await publisher(startsIfStopped: true).waitUntilBound()
    }

    /// Publishes a message; returns when ZeroMQ has it, for every worker that is subscribed.
    ///
    /// - Parameter message: the message.
    /// - Throws: `TaskiqError` with code `sendTask` when no worker has subscribed in time, when the message is empty or
    ///   too large, or in a worker; what ``bind()`` throws.
    public func kick(_ message: BrokerMessage) async throws {
        let payload = message.message
        guard !payload.isEmpty else {
            throw TaskiqError(.sendTask, "task \"\(message.taskName)\": an empty message has no frames to be sent in")
        }
        guard payload.count <= configuration.maximumMessageSize else {
            throw TaskiqError(
                .sendTask,
                "task \"\(message.taskName)\": the message has \(payload.count) bytes, the limit is "
                    + "\(configuration.maximumMessageSize): pass large data by reference"
            )
        }
        try await publisher(startsIfStopped: false).send(payload)
    }

    /// Begins to take messages, once the publisher can be reached.
    public func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel {
        guard let endpoint = configured.connectEndpoint else {
            throw TaskiqError(
                .configuration,
                "a worker cannot connect to \(configured): only a publisher may leave the port open"
            )
        }
        let channel = DeliveryChannel()
        let mailbox = Mailbox<Subscriber.Command>(wakeup: try Wakeup())
        let context = try ZeroMQContext()
        let (credit, isTooMuch) = subscription.concurrency.addingReportingOverflow(subscription.prefetch)
        try await withCheckedThrowingContinuation { opening in
            let parameters = SubscriberLoop.Parameters(
                endpoint: endpoint,
                address: configured,
                configuration: configuration,
                credit: isTooMuch ? .max : credit,
                context: context,
                mailbox: mailbox,
                channel: channel,
                logger: logger,
                opening: opening
            )
            do {
                try subscribe(parameters)
            } catch {
                opening.resume(throwing: error)
            }
        }
        logger.info(
            "worker subscribes; each worker process runs every task that is published",
            metadata: ["taskiq.broker": "\(configured)"]
        )
        return channel
    }

    /// Takes no more messages.
    public func stopListening() async {
        guard case .listening(let subscriber) = role.withLock({ $0 }) else { return }
        subscriber.mailbox.post(.stopListening)
    }

    /// Hands out what was sent, and closes.
    public func shutdown() async {
        let previous = role.withLock { role in
            defer { role = .stopped }
            return role
        }
        switch previous {
        case .publishing(let publisher): await publisher.shutdown()
        case .listening(let subscriber): await subscriber.shutdown()
        case .stopped, .started: break
        }
    }

    /// Starts the subscriber, unless this transport has another role.
    private func subscribe(_ parameters: SubscriberLoop.Parameters) throws {
        try role.withLock { role in
            switch role {
            case .stopped, .started: role = .listening(try Subscriber(parameters))
            case .publishing:
                throw TaskiqError(.listen, "a client of \(configured) cannot be its worker too: use two brokers")
            case .listening:
                throw TaskiqError(.listen, "a broker of \(configured) has one worker; there is one already")
            }
        }
    }

    /// The publisher; a new one when there is none, or when the last could not bind the address.
    private func publisher(startsIfStopped: Bool) throws -> Publisher {
        try role.withLock { role in
            switch role {
            case .publishing(let publisher) where publisher.isUsable: return publisher
            case .started, .publishing: break
            case .stopped where startsIfStopped: break
            case .stopped: throw TaskiqError(.shutdown, "the broker has not been started, or has been shut down")
            case .listening:
                throw TaskiqError(
                    .sendTask,
                    "a worker cannot send through \(configured), only its one publisher can: use a hub (ipc:// or tcp://)"
                )
            }
            let publisher = try Publisher.start(configured, configuration, logger: logger)
            role = .publishing(publisher)
            return publisher
        }
    }
}
