// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Taskiq
import TaskiqHub
import TaskiqHubProtocol
import TaskiqZeroMQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What the hub's thread does: reads both sockets in batches, lets the hub take its turn, and sends what it says.
struct HubReactor: ~Copyable {
    /// Where the sockets were bound.
    struct Bound: Sendable {
        var front: String
        var announcement: String
    }

    /// What the sockets are made with.
    struct Security: Sendable {
        var context: ZeroMQContext
        var pair: CurveKeyPair?
        var ring: KeyRing?

        func options(_ side: HubSide) -> CurveOptions? {
            pair.map { .server($0, domain: KeyRing.domain(side)) }
        }
    }

    /// Most frames of a message, with the routing id that a router puts first.
    private static let maximumFrames = ProtocolLimits.maximumFrames + 1
    /// About how many messages are read from one socket before the hub takes its turn.
    private static let mostAtATime = 128

    private let front: ZeroMQSocket
    private let back: ZeroMQSocket
    private var poller: Poller
    private let frontEntry: Poller.Entry
    private let backEntry: Poller.Entry
    private let mailbox: Mailbox<ZeroMQHubNetwork.Command>
    private let logger: Logger
    private let bound: Bound
    private var deadline: Int64 = 0
    /// Who is admitted, and who of them is here; nil when peers need no key.
    private let keys: KeyRing?
    private let admissions = Admissions()
    private var listVersion = 0

    static func run(
        address: HubAddress,
        maximumBody: Int,
        security: Security,
        mailbox: Mailbox<ZeroMQHubNetwork.Command>,
        logger: Logger,
        bound: (Result<Bound, TaskiqError>) -> Void
    ) {
        do {
            var reactor = try bind(address, maximumBody, security, mailbox, logger)
            bound(.success(reactor.bound))
            reactor.run()
        } catch let error as TaskiqError {
            bound(.failure(error))
        } catch {
            bound(.failure(TaskiqError(.configuration, "cannot listen at \(address)", cause: error)))
        }
    }

    private init(
        front: consuming ZeroMQSocket,
        back: consuming ZeroMQSocket,
        poller: consuming Poller,
        entries: (front: Poller.Entry, back: Poller.Entry),
        bound: Bound,
        keys: KeyRing?,
        mailbox: Mailbox<ZeroMQHubNetwork.Command>,
        logger: Logger
    ) {
        self.front = front
        self.back = back
        self.poller = poller
        frontEntry = entries.front
        backEntry = entries.back
        self.bound = bound
        self.keys = keys
        self.mailbox = mailbox
        self.logger = logger
    }
}

extension HubReactor {
    // MARK: Binding

    private static func bind(
        _ address: HubAddress,
        _ maximumBody: Int,
        _ security: Security,
        _ mailbox: Mailbox<ZeroMQHubNetwork.Command>,
        _ logger: Logger
    ) throws -> HubReactor {
        let limit = maximumBody + ProtocolLimits.maximumControlFrame
        func open(_ side: HubSide, _ options: SocketOptions) throws(ZeroMQError) -> ZeroMQSocket {
            let options = options.limitingFrames(to: limit).reaching(address.front).encrypting(security.options(side))
            return try ZeroMQSocket(context: security.context, kind: .router, options: options)
        }
        let front = try open(.front, .hubFront)
        let back = try open(.back, .hubBack)
        // Socket files are made as the umask says; nobody but this user may connect.
        let mask = umask(0o177)
        defer { umask(mask) }
        do {
            try front.bind(address.front)
            try back.bind(address.back)
        } catch {
            throw TaskiqError(error.code == .addressInUse ? .conflict : .configuration, "\(error)")
        }
        let bound = Bound(
            front: try front.lastEndpoint(),
            announcement: HubAddress.announcement(of: try back.lastEndpoint())
        )
        var poller = Poller(wakeup: mailbox.wakeup)
        let entries = (front: try poller.watch(front), back: try poller.watch(back))
        return HubReactor(
            front: front,
            back: back,
            poller: poller,
            entries: entries,
            bound: bound,
            keys: security.ring,
            mailbox: mailbox,
            logger: logger
        )
    }

    // MARK: Turning

    private mutating func run() {
        guard let (turn, early) = awaitStart() else { return }
        var carried = early
        while true {
            do {
                try wait(hasWork: !carried.isEmpty)
            } catch {
                logger.critical("the hub's sockets cannot be watched", metadata: ["error.message": "\(error)"])
                return
            }
            var events = carried
            for command in mailbox.drain() {
                if case .event(let event) = command { events.append(event) }
            }
            events += revocations()
            // What workers report first: it frees what clients wait for.
            // A look at a socket that has nothing costs as much as a message.
            if poller.isReadable(backEntry) { receive(from: back, .back, into: &events) }
            if poller.isReadable(frontEntry) { receive(from: front, .front, into: &events) }
            let answer = turn(events)
            deadline = answer.deadline
            carried = send(answer.outgoing)
            if answer.isLast { return }
        }
    }

    /// Waits until the hub is there; peers may connect meanwhile, and are not read.
    ///
    /// - Returns: the hub's turn, and what was handed over together with it; nil if there will be no hub.
    private mutating func awaitStart() -> (turn: @Sendable ([HubEvent]) -> HubTurn, early: [HubEvent])? {
        var idle = Poller(wakeup: mailbox.wakeup)
        var early: [HubEvent] = []
        while !mailbox.isClosed {
            var turn: (@Sendable ([HubEvent]) -> HubTurn)?
            for command in mailbox.drain() {
                switch command {
                case .start(let given): turn = given
                case .event(let event): early.append(event)
                }
            }
            if let turn { return (turn, early) }
            _ = try? idle.wait(timeout: .seconds(1))
        }
        return nil
    }

    private mutating func wait(hasWork: Bool) throws(ZeroMQError) {
        let timeout = hasWork ? 0 : max(0, deadline - HubClock.uptime)
        _ = try poller.wait(timeout: .milliseconds(min(timeout, 1000)))
    }

    private func receive(from socket: borrowing ZeroMQSocket, _ side: HubSide, into events: inout [HubEvent]) {
        let enough = events.count + Self.mostAtATime
        // Of some messages comes no event: they count as well, or a stranger could keep the hub here.
        for _ in 0..<Self.mostAtATime where events.count < enough {
            guard let message = (try? socket.receive(maxFrames: Self.maximumFrames)) ?? nil else { return }
            if keys != nil, !admissions.mayUse(side, socket.sender) { continue }
            switch message {
            case .oversized(let frames, let count):
                let peer = PeerID(frames.first ?? [])
                events.append(.malformed(peer, side, reason: "a message of \(count - 1) frames"))
            case .message(var content):
                let peer = PeerID(content.isEmpty ? [] : content.removeFirst())
                read(content, of: peer, side, socket.sender, into: &events)
            }
        }
    }

    /// Reads each message of what may be a batch of them.
    private func read(
        _ frames: [[UInt8]],
        of peer: PeerID,
        _ side: HubSide,
        _ sender: Int?,
        into events: inout [HubEvent]
    ) {
        var reader = FrameBatch.Reader(frames)
        while true {
            do throws(ProtocolError) {
                guard let (control, body) = try reader.next() else { return }
                switch side {
                case .front:
                    let packet = try Packet<ClientCommand>(control, body: body)
                    if admits(packet, of: peer, sender) { events.append(.client(peer, packet)) }
                case .back:
                    let packet = try Packet<WorkerCommand>(control, body: body)
                    if admits(packet, of: peer, sender) { events.append(.worker(peer, packet)) }
                }
            } catch {
                events.append(.unread(error, from: peer, side))
            }
        }
    }

    /// Sends, and reports who cannot be reached.
    ///
    /// A client whose queue is full is as good as gone: what it was sent is said again when it comes back.
    private func send(_ outgoing: [HubTurn.Outgoing]) -> [HubEvent] {
        var unreachable: [HubEvent] = []
        OutgoingBatches.collect(outgoing) { side, peer, frames, leases in
            let result =
                switch side {
                case .front: try? front.send([peer.bytes] + frames)
                case .back: try? back.send([peer.bytes] + frames)
                }
            guard result != .sent else { return }
            if side == .back, result == .wouldBlock {
                // It is there, and may only be stopped for a while.
                unreachable.append(.congested(peer))
            } else {
                admissions.forget(peer)
                unreachable.append(.unreachable(peer, side))
            }
            for lease in leases { unreachable.append(.undelivered(lease, peer)) }
        }
        return unreachable
    }
}

extension HubReactor {
    // MARK: Keys

    /// Takes a list over that has changed, and says whose sessions are over.
    private mutating func revocations() -> [HubEvent] {
        guard let keys else { return [] }
        let version = keys.version
        guard version != listVersion else { return [] }
        listVersion = version
        return admissions.adopt(keys.holders)
    }

    private func admits(_ packet: Packet<ClientCommand>, of peer: PeerID, _ sender: Int?) -> Bool {
        guard keys != nil else { return true }
        let reply: ClientReply
        switch admissions.verdict(on: packet, from: peer, user: sender, at: HubClock.uptime) {
        case .pass: return true
        case .drop: return false
        case .resync: reply = .resync
        case .answer(let words): reply = words
        }
        let answer = Packet(reply, correlation: packet.correlation, session: packet.session, epoch: packet.epoch)
        _ = try? front.send([peer.bytes] + answer.frames())
        return false
    }

    private func admits(_ packet: Packet<WorkerCommand>, of peer: PeerID, _ sender: Int?) -> Bool {
        guard keys != nil else { return true }
        switch admissions.verdict(on: packet, from: peer, user: sender, at: HubClock.uptime) {
        case .pass: return true
        case .drop, .answer: return false
        case .resync:
            let answer = Packet(WorkerReply.resync, correlation: packet.correlation)
            _ = try? back.send([peer.bytes] + answer.frames())
            return false
        }
    }
}
