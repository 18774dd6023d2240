// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Logging
import Synchronization
import Taskiq
public import TaskiqHub
public import TaskiqHubProtocol
public import TaskiqZeroMQ

/// The hub's sockets: two routers, owned by one thread.
///
/// There are two so that what workers report flows in while what clients submit has to wait.
public final class ZeroMQHubNetwork: HubNetwork {
    enum Command: Sendable {
        case start(@Sendable ([HubEvent]) -> HubTurn)
        case event(HubEvent)
    }

    /// Where clients connect, as it was bound.
    public let address: String
    /// What the front announces of the back.
    public let workersEndpoint: String
    private let mailbox: Mailbox<Command>
    private let thread: SocketThread
    private let claim: HubSocketFile?
    /// Where the workers of this machine note what they run.
    private let boards: StartBoards?
    private let handler: ZAPHandler?

    /// Binds a hub's sockets.
    ///
    /// - Parameters:
    ///   - address: where to listen.
    ///   - maximumBody: the longest body that is let in, in bytes.
    ///   - keys: the keys that are let in, over encrypted connections; nil lets everybody in who reaches the address.
    ///   - logger: what it logs to.
    /// - Returns: the network, which listens but does not read yet.
    /// - Throws: `TaskiqError`: with code `conflict` when somebody else listens there.
    public static func bind(
        _ address: HubAddress,
        maximumBody: Int,
        keys: HubKeys? = nil,
        logger: Logger
    ) async throws -> ZeroMQHubNetwork {
        if address.isInSharedFolder {
            logger.warning(
                "anybody on this machine could put a socket of their own there; choose a folder of the hub's user",
                metadata: ["taskiq.broker": "\(address)"]
            )
        }
        let claim = try address.path.map { path throws(TaskiqError) in try HubSocketFile(path: path) }
        let boards = address.path.map(StartBoards.init(besides:)).flatMap { $0.prepare() ? $0 : nil }
        let mailbox = Mailbox<Command>(wakeup: try Wakeup())
        let context = try ZeroMQContext()
        let ring = keys.map { keys in KeyRing(keys, logger: logger) { mailbox.wakeup.signal() } }
        // Before the sockets are bound, and stopped after they are closed: without it, everybody would be let in.
        var handler: ZAPHandler?
        if let ring { handler = try await ZAPHandler(context: context, look: ring.look, decide: ring.decide) }
        let security = HubReactor.Security(context: context, pair: keys?.pair, ring: ring)
        do {
            let (bound, thread) = try await start(address, maximumBody, security, mailbox, logger)
            return ZeroMQHubNetwork(
                bound,
                mailbox: mailbox,
                thread: thread,
                claim: claim,
                boards: boards,
                handler: handler
            )
        } catch {
            await handler?.stop()
            throw error
        }
    }

    private static func start(
        _ address: HubAddress,
        _ maximumBody: Int,
        _ security: HubReactor.Security,
        _ mailbox: Mailbox<Command>,
        _ logger: Logger
    ) async throws -> (HubReactor.Bound, SocketThread) {
        let (outcomes, continuation) = AsyncStream<Result<HubReactor.Bound, TaskiqError>>.makeStream()
        let thread = try SocketThread(name: "taskiq-hub") {
            HubReactor.run(
                address: address,
                maximumBody: maximumBody,
                security: security,
                mailbox: mailbox,
                logger: logger
            ) { outcome in
                continuation.yield(outcome)
                continuation.finish()
            }
        }
        for await outcome in outcomes { return (try outcome.get(), thread) }
        throw TaskiqError(.shutdown, "the hub's thread ended before it could listen at \(address)")
    }

    private init(
        _ bound: HubReactor.Bound,
        mailbox: Mailbox<Command>,
        thread: SocketThread,
        claim: HubSocketFile?,
        boards: StartBoards?,
        handler: ZAPHandler?
    ) {
        address = bound.front
        workersEndpoint = bound.announcement
        self.mailbox = mailbox
        self.thread = thread
        self.claim = claim
        self.boards = boards
        self.handler = handler
    }

    deinit {
        mailbox.close()
    }

    /// Begins to read.
    public func start(turn: @escaping @Sendable ([HubEvent]) -> HubTurn) {
        mailbox.post(.start(turn))
    }

    /// Hands an event over from another thread.
    public func post(_ event: HubEvent) {
        mailbox.post(.event(event))
    }

    /// Looks what a worker of this machine noted.
    public func begun(by worker: PeerIdentity) -> Set<LeaseKey>? { boards?.deliveries(of: worker) }

    /// Removes what such a worker noted.
    public func forgetBegun(by worker: PeerIdentity) { boards?.forget(worker) }

    /// Removes what workers noted whose processes are gone.
    public func forgetAllBegun(except known: Set<PeerIdentity>) { boards?.removeDead(except: known) }

    /// Returns when the hub's last turn was sent and the sockets are closed.
    public func join() async {
        await thread.join()
        await handler?.stop()
        mailbox.close()
    }
}
