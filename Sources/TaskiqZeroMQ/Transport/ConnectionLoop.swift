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
    /// Tasks that were announced before the worker listened.
    private var announced: (catalogue: [UInt8], hash: String)?
    private var workersEndpoint: String?
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
            receiveFromFront()
            receiveFromBack()
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
        _ = try? poller.wait(timeout: .milliseconds(shutdownDeadline == nil ? 250 : 20))
    }

    // MARK: Commands

    private mutating func handle(_ command: HubConnection.Command) {
        let now = Uptime.milliseconds
        switch command {
        case .submit(let id, let submission, let deadline):
            carryOut(client.handle(.submit(id: id, submission, deadline: deadline), at: now))
        case .cancel(let id): carryOut(client.handle(.cancel(id: id), at: now))
        case .wait(let taskID): carryOut(client.handle(.wait(taskID: taskID), at: now))
        case .cancelWait(let taskID): carryOut(client.handle(.cancelWait(taskID: taskID), at: now))
        case .ask(let taskID): carryOut(client.handle(.ask(taskID: taskID), at: now))
        case .dropResult(let taskID): carryOut(client.handle(.dropResult(taskID: taskID), at: now))
        case .progress(let taskID, let report): tellWorker(.progress(taskID: taskID, report))
        case .listen(let hello, let catalogue, let credit):
            worker = WorkerLink(hello: hello, catalogue: catalogue, credit: credit)
            worker?.maximumBody = maximumBody
            // Registered while the worker was about to listen: it may know more than it says.
            if let announced { tellWorker(.announce(catalogue: announced.catalogue, hash: announced.hash)) }
            connectBack()
        case .announce(let catalogue, let hash):
            if worker == nil { announced = (catalogue, hash) }
            tellWorker(.announce(catalogue: catalogue, hash: hash))
        case .started(let lease): tellWorker(.started([lease]))
        case .acknowledge(let lease): tellWorker(.acknowledge(lease))
        case .settle(let completion): tellWorker(.settle(completion))
        case .stopListening: tellWorker(.stopListening)
        case .shutdown(let deadline):
            shutdownDeadline = deadline
            carryOut(client.handle(.bye, at: now))
            tellWorker(.bye)
        }
    }

    private mutating func tellWorker(_ event: WorkerLink.Event) {
        guard let effects = worker?.handle(event, at: Uptime.milliseconds) else { return }
        carryOut(effects)
    }

    // MARK: Receiving

    private mutating func receiveFromFront() {
        for _ in 0..<256 {
            guard let frames = front.receive() else { return }
            do {
                carryOut(client.handle(.packet(try Packet<ClientReply>(frames: frames)), at: Uptime.milliseconds))
            } catch {
                connection.logger.warning("the hub was not understood", metadata: ["reason": "\(error)"])
            }
        }
    }

    private mutating func receiveFromBack() {
        var deliveries: [TaskDelivery] = []
        for _ in 0..<256 {
            guard let frames = back.receive() else { break }
            do {
                let packet = try Packet<WorkerReply>(frames: frames)
                guard let effects = worker?.handle(.packet(packet), at: Uptime.milliseconds) else { break }
                for effect in effects {
                    if case .deliver(let delivery) = effect { deliveries.append(delivery) } else { carryOut([effect]) }
                }
            } catch {
                connection.logger.warning("the hub was not understood", metadata: ["reason": "\(error)"])
            }
        }
        if !deliveries.isEmpty { connection.deliver(deliveries) }
    }

    // MARK: Time

    private mutating func tick() {
        let now = Uptime.milliseconds
        carryOut(client.handle(.tick, at: now))
        tellWorker(.tick)
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
            case .send(let packet): front.send(packet.frames())
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
            case .rejected(let message):
                connection.logger.error("the hub refuses this program", metadata: ["reason": "\(message)"])
            }
        }
    }

    private mutating func carryOut(_ effects: [WorkerLink.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let packet): back.send(packet.frames())
            case .reconnect: connectBack()
            case .opened:
                connection.logger.info("worker connected", metadata: ["taskiq.broker": "\(connection.address)"])
            case .deliver(let delivery): connection.deliver([delivery])
            case .acknowledged(let lease, let isStored): connection.answer(lease, isStored: isStored)
            case .rejected(let message):
                connection.logger.error("the hub refuses this worker", metadata: ["reason": "\(message)"])
            case .goodbye: saidGoodbye = true
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
        carryOut(client.handle(.connected, at: Uptime.milliseconds))
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
