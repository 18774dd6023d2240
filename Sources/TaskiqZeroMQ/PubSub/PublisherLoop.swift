// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import Logging
import Taskiq

/// What a publisher's thread does: it owns the socket, knows whether a worker is subscribed, and sends.
///
/// The socket is an XPUB, which is to its subscribers what Python's PUB is, and tells of their subscriptions.
struct PublisherLoop: ~Copyable {
    /// What the thread is started with.
    struct Parameters: Sendable {
        let publisher: Publisher
        let context: ZeroMQContext
    }

    private struct Send {
        let id: UInt64
        let frames: [[UInt8]]
        let deadline: Int64
    }

    private let publisher: Publisher
    private let socket: ZeroMQSocket
    private var poller: Poller
    /// What waits for a worker, in the order it came; of one time-out, so its deadlines are in order too.
    private var waiting: Deque<Send> = []
    private var hasSubscriber = false
    private var isStopping = false

    static func run(_ parameters: Parameters) {
        let publisher = parameters.publisher
        do {
            let socket = try bind(parameters)
            var poller = Poller(wakeup: publisher.mailbox.wakeup)
            _ = try poller.watch(socket)
            publisher.opened(.success(try socket.lastEndpoint()))
            var loop = PublisherLoop(publisher: publisher, socket: socket, poller: poller)
            try loop.run()
        } catch {
            // After the address was bound, only a socket that libzmq has given up gets here.
            publisher.opened(.failure(Self.problem(error, publisher.address)))
            publisher.logger.error("the publisher has stopped", metadata: ["error.message": "\(error)"])
        }
        publisher.close()
    }

    private init(publisher: Publisher, socket: consuming ZeroMQSocket, poller: consuming Poller) {
        self.publisher = publisher
        self.socket = socket
        self.poller = poller
    }

    private static func bind(_ parameters: Parameters) throws(ZeroMQError) -> ZeroMQSocket {
        let publisher = parameters.publisher
        let socket = try ZeroMQSocket(
            context: parameters.context,
            kind: .xpub,
            options: .publisher(publisher.configuration, address: publisher.address)
        )
        try socket.bind(publisher.address.bindEndpoint)
        return socket
    }

    private static func problem(_ error: any Error, _ address: PubSubAddress) -> TaskiqError {
        guard (error as? ZeroMQError)?.code == .addressInUse else {
            return TaskiqError(.configuration, "cannot publish at \(address)", cause: error)
        }
        return TaskiqError(
            .conflict,
            "cannot publish at \(address): another program does, and there can be only one publisher at an address; "
                + "stop it, send through it, or use a hub (ipc:// or tcp://), which takes any number of senders"
        )
    }

    private mutating func run() throws {
        while !isStopping {
            let wait = waiting.first.map { Duration.milliseconds(max(0, $0.deadline - Uptime.milliseconds)) }
            _ = try poller.wait(timeout: wait)
            // First, so that what is sent after a worker has subscribed reaches it.
            try readSubscriptions()
            for command in publisher.mailbox.drain() { try handle(command) }
            if hasSubscriber { try sendWaiting() }
            try expire()
        }
    }

    private mutating func handle(_ command: Publisher.Command) throws {
        switch command {
        case .send(let id, let payload, let deadline):
            let frames = PubSubFraming.frames(of: payload, size: publisher.configuration.frameSize)
            waiting.append(Send(id: id, frames: frames, deadline: deadline))
        case .cancel(let id):
            waiting.removeAll { $0.id == id }
        case .shutdown:
            isStopping = true
        }
    }

    /// Takes note of workers that come, and of the last that goes.
    ///
    /// libzmq tells of the first subscription to a prefix and of the end of the last. A worker subscribes to the empty
    /// one; who listens to less is none.
    private mutating func readSubscriptions() throws(ZeroMQError) {
        while let message = try socket.receive(maxFrames: 1) {
            guard case .message(let frames) = message, let frame = frames.first, frame.count == 1 else { continue }
            switch frame[0] {
            case 0: hasSubscriber = false
            case 1: hasSubscriber = true
            default: break
            }
            publisher.logger.debug(
                hasSubscriber ? "a worker has subscribed" : "no worker is subscribed any more",
                metadata: ["taskiq.broker": "\(publisher.address)"]
            )
        }
    }

    private mutating func sendWaiting() throws(ZeroMQError) {
        while let send = waiting.popFirst() { try publish(send) }
    }

    private mutating func expire() throws(ZeroMQError) {
        let now = Uptime.milliseconds
        while let send = waiting.first, send.deadline <= now {
            waiting.removeFirst()
            if publisher.configuration.requiresSubscriber {
                publisher.answer(send.id, .failure(noSubscriber))
            } else {
                try publish(send)
            }
        }
    }

    private borrowing func publish(_ send: Send) throws(ZeroMQError) {
        // A publisher's socket takes everything, and drops what a worker has no room for.
        _ = try socket.send(send.frames)
        publisher.answer(send.id, .success(()))
    }

    private var noSubscriber: TaskiqError {
        TaskiqError(
            .sendTask,
            "no worker is subscribed at \(publisher.address), and nobody keeps a message for one that comes later: "
                + "start a worker first, with this address"
        )
    }
}
