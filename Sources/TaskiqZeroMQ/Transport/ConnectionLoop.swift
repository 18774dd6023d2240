// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Taskiq
import TaskiqHubProtocol

/// What a connection's thread does: it owns the sockets and the two links, and moves frames between them.
struct ConnectionLoop: ~Copyable {
    /// What the thread is started with.
    struct Parameters: Sendable {
        let connection: HubConnection
        let context: ZeroMQContext
    }

    private let connection: HubConnection
    private let context: ZeroMQContext
    private var poller: Poller
    private var front: LinkSocket
    private var back: LinkSocket
    private var client: ClientLink
    private var worker: WorkerLink?
    private var workerIdentity: PeerIdentity?
    /// Tasks that were announced before the worker listened.
    private var announced: (catalogue: [UInt8], hash: String)?
    /// Deliveries that began to run, until the hub is told; those that end before are not worth a word.
    private var started: Set<LeaseKey> = []
    /// What came of the socket, handed over together.
    private var deliveries: [TaskDelivery] = []
    // Lent to the links, so that not every event needs an array of its own.
    private var clientEffects: [ClientLink.Effect] = []
    private var workerEffects: [WorkerLink.Effect] = []
    private var workersEndpoint: String?
    private var resultDeadlines = ResultDeadlines()
    private var maximumBody = ProtocolLimits.maximumBody
    private var shutdownDeadline: Int64?
    private var saidGoodbye = false
    private var awaySince: Int64 = Uptime.milliseconds
    private var nextComplaint: Int64 = Uptime.milliseconds + 5000

    static func run(_ parameters: Parameters) {
        var loop = ConnectionLoop(parameters)
        loop.run()
    }

    private init(_ parameters: Parameters) {
        connection = parameters.connection
        context = parameters.context
        poller = Poller(wakeup: connection.mailbox.wakeup)
        let curve = connection.keys?.options
        let endpoint = connection.address.front
        front = LinkSocket(options: .client.encrypting(curve).reaching(endpoint))
        back = LinkSocket(options: .worker.encrypting(curve).reaching(endpoint))
        let hello = ClientHello(identity: connection.identity, application: connection.application)
        client = ClientLink(hello: hello, address: connection.address.description)
    }

    private mutating func run() {
        openFront()
        while !isOver {
            wait()
            for command in connection.mailbox.drain() { handle(command) }
            tellStarted()
            if front.isReadable(in: poller) { receiveFromFront() }
            if back.isReadable(in: poller) { receiveFromBack() }
            tick()
            front.flush()
            back.flush()
        }
    }

    /// A stopping worker waits for the hub's goodbye for a moment, and not at all for a hub that is away.
    private var isOver: Bool {
        guard let shutdownDeadline else { return false }
        guard let worker else { return front.isFlushed || Uptime.milliseconds >= shutdownDeadline }
        return saidGoodbye || !worker.isOpen || Uptime.milliseconds >= shutdownDeadline
    }

    private mutating func wait() {
        front.updateInterest(in: &poller)
        back.updateInterest(in: &poller)
        // Heartbeats, time-outs and refusals are looked after four times a second; everything else wakes the thread.
        var longest: Int64 = shutdownDeadline == nil ? 250 : 20
        if let next = resultDeadlines.next { longest = min(longest, max(0, next - Uptime.milliseconds)) }
        _ = try? poller.wait(timeout: .milliseconds(longest))
    }

    // MARK: Commands

    private mutating func handle(_ command: HubConnection.Command) {
        switch command {
        case .submit(let id, let submission, let deadline):
            tellClient(.submit(id: id, submission, deadline: deadline))
        case .cancel(let id): tellClient(.cancel(id: id))
        case .wait(let taskID): tellClient(.wait(taskID: taskID))
        case .awaitResult(let deadline, let taskID):
            if let deadline { resultDeadlines.add(deadline, live: connection.live) }
            tellClient(.awaitResult(taskID: taskID))
        case .cancelWait(let taskID): tellClient(.cancelWait(taskID: taskID))
        case .ask(let taskID): tellClient(.ask(taskID: taskID))
        case .dropResult(let taskID): tellClient(.dropResult(taskID: taskID))
        case .call(let id, let call, let deadline): tellClient(.call(id: id, call, deadline: deadline))
        case .forgetCall(let id): tellClient(.forgetCall(id: id))
        case .progress(let taskID, let report): tellWorker(.progress(taskID: taskID, report))
        case .listen(let hello, let catalogue, let credit):
            worker = WorkerLink(hello: hello, catalogue: catalogue, credit: credit)
            workerIdentity = hello.identity
            worker?.maximumBody = maximumBody
            // Registered while the worker was about to listen: it may know more than it says.
            if let announced { tellWorker(.announce(catalogue: announced.catalogue, hash: announced.hash)) }
            connectBack()
        case .announce(let catalogue, let hash):
            if worker == nil { announced = (catalogue, hash) }
            tellWorker(.announce(catalogue: catalogue, hash: hash))
        case .started(let lease): started.insert(lease)
        case .acknowledge(let lease):
            tellStarted()
            tellWorker(.acknowledge(lease))
        case .settle(let completion):
            started.remove(completion.lease)
            tellWorker(.settle(completion))
        case .stopListening: tellWorker(.stopListening)
        case .shutdown(let deadline):
            tellStarted()
            shutdownDeadline = deadline
            tellClient(.bye)
            tellWorker(.bye)
        }
    }

    private mutating func tellStarted() {
        guard !started.isEmpty else { return }
        let leases = started.sorted()
        started.removeAll(keepingCapacity: true)
        for chunk in leases.chunks(of: 2000) { tellWorker(.started(chunk)) }
    }

    private mutating func tellClient(_ event: ClientLink.Event) {
        var effects: [ClientLink.Effect] = []
        swap(&effects, &clientEffects)
        client.handle(event, at: Uptime.milliseconds, into: &effects)
        carryOut(effects)
        effects.removeAll(keepingCapacity: true)
        swap(&effects, &clientEffects)
    }

    private mutating func tellWorker(_ event: WorkerLink.Event) {
        var effects: [WorkerLink.Effect] = []
        swap(&effects, &workerEffects)
        worker?.handle(event, at: Uptime.milliseconds, into: &effects)
        carryOut(effects)
        effects.removeAll(keepingCapacity: true)
        swap(&effects, &workerEffects)
    }

    // MARK: Receiving

    private mutating func receiveFromFront() {
        for _ in 0..<256 {
            guard let frames = front.receive() else { return }
            read(frames) { loop, control, body throws(ProtocolError) in
                loop.tellClient(.packet(try Packet<ClientReply>(control, body: body)))
            }
        }
    }

    private mutating func receiveFromBack() {
        for _ in 0..<256 {
            guard let frames = back.receive() else { break }
            read(frames) { loop, control, body throws(ProtocolError) in
                loop.tellWorker(.packet(try Packet<WorkerReply>(control, body: body)))
            }
            // What came together is handed over together, and begins while the rest is read.
            handOver()
        }
    }

    /// Reads each message of what may be a batch of them.
    private mutating func read(
        _ frames: [[UInt8]],
        _ take: (inout ConnectionLoop, ControlFrame, [UInt8]) throws(ProtocolError) -> Void
    ) {
        var reader = FrameBatch.Reader(frames)
        var isOver = false
        while !isOver {
            do throws(ProtocolError) {
                if let (control, body) = try reader.next() { try take(&self, control, body) } else { isOver = true }
            } catch {
                // What a later version says beside the rest can be passed over.
                if let header = error.header, header.opcode == nil { continue }
                connection.logger.warning("the hub was not understood", metadata: ["reason": "\(error)"])
            }
        }
    }

    private mutating func handOver() {
        guard !deliveries.isEmpty else { return }
        connection.deliver(deliveries)
        deliveries.removeAll(keepingCapacity: true)
    }

    // MARK: Time

    private mutating func tick() {
        let now = Uptime.milliseconds
        tellClient(.tick)
        tellWorker(.tick)
        while let late = resultDeadlines.takeLate(at: now) { connection.end(late) }
        let isAway = !client.isOpen || worker?.isOpen == false
        if !isAway {
            awaySince = now
            nextComplaint = now + 5000
        } else if now >= nextComplaint, shutdownDeadline == nil {
            nextComplaint = now + 60_000
            connection.logger.warning(
                "no hub answers; still trying",
                metadata: [
                    "taskiq.broker": "\(connection.address)", "seconds": "\((now - awaySince) / 1000)",
                ]
            )
        }
    }

    // MARK: Effects

    private mutating func carryOut(_ effects: [ClientLink.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let packet): front.send(packet)
            case .reconnect: openFront()
            case .opened(let welcome):
                connection.logger.debug("connected", metadata: ["taskiq.broker": "\(connection.address)"])
                maximumBody = welcome.maximumBody
                worker?.maximumBody = maximumBody
                let isNew = workersEndpoint != welcome.workersEndpoint
                workersEndpoint = welcome.workersEndpoint
                if isNew { connectBack() }
            case .submitted(let id, let result): connection.answer(id, result)
            case .result(let taskID, let status, let body): connection.answer(taskID, status, body)
            case .standing(let standing): connection.answer(standing)
            case .called(let id, let result): connection.answer(call: id, result)
            case .event(let body, let dropped): connection.deliver(event: body, dropped: dropped)
            case .rejected(let message):
                connection.logger.error("the hub refuses this program", metadata: ["reason": "\(message)"])
            }
        }
    }

    private mutating func carryOut(_ effects: [WorkerLink.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let packet): back.send(packet)
            case .reconnect: connectBack()
            case .opened:
                // What runs already would be missing on a new one.
                if let workerIdentity, worker?.isSettled == true { connection.openBoard(for: workerIdentity) }
                connection.logger.info("worker connected", metadata: ["taskiq.broker": "\(connection.address)"])
            case .deliver(let delivery): deliveries.append(delivery)
            case .settled(let lease): connection.noteSettled(lease)
            case .acknowledged(let lease, let isStored): connection.answer(lease, isStored: isStored)
            case .rejected(let message):
                connection.logger.error("the hub refuses this worker", metadata: ["reason": "\(message)"])
            case .cancel(let lease, let reason):
                // It may be one of those that came with it.
                handOver()
                connection.cancel(lease, reason: reason)
            case .drain:
                tellWorker(.stopListening)
                connection.drain()
            case .goodbye:
                saidGoodbye = true
                connection.closeBoard()
            }
        }
    }

    /// Connects to the back once the front has told where it is.
    private mutating func connectBack() {
        guard worker != nil, let workersEndpoint else { return }
        do {
            try back.open(connection.address.back(announced: workersEndpoint), context: context)
        } catch {
            complain(about: error)
        }
        watchSockets()
        tellWorker(.connected)
    }

    private mutating func openFront() {
        do {
            try connection.address.checkOwner()
            try front.open(connection.address.front, context: context)
        } catch {
            complain(about: error)
        }
        watchSockets()
        tellClient(.connected)
    }

    /// A poller watches sockets for as long as it lives, so a new socket means a new poller.
    private mutating func watchSockets() {
        poller = Poller(wakeup: connection.mailbox.wakeup)
        front.watch(with: &poller)
        back.watch(with: &poller)
    }

    private func complain(about error: any Error) {
        connection.logger.error("cannot connect", metadata: ["error.message": "\(error)"])
    }
}
