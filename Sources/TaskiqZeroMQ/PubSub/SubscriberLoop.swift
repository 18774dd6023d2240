// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import Logging
import Taskiq

/// What a subscriber's thread does: it owns the socket, and hands on as many messages as the worker has room for.
struct SubscriberLoop: ~Copyable {
    /// What the thread is started with.
    struct Parameters: Sendable {
        let endpoint: String
        let address: PubSubAddress
        let configuration: PubSubTransport.Configuration
        /// How many deliveries the worker has at a time.
        let credit: Int
        let context: ZeroMQContext
        let mailbox: Mailbox<Subscriber.Command>
        let channel: DeliveryChannel
        let logger: Logger
        /// Is told once whether the socket could be opened.
        let opening: CheckedContinuation<Void, any Error>
    }

    private let parameters: Parameters
    private let maximumFrames: Int
    private var socket: ZeroMQSocket?
    private var entry: Poller.Entry?
    private var poller: Poller
    private var credit: Int
    private var waiting: Deque<[UInt8]> = []
    private var waitingBytes = 0
    private var isFull = false
    private var notice = OverloadNotice()
    private var lost = 0
    private var isStopping = false

    static func run(_ parameters: Parameters) {
        defer {
            parameters.mailbox.close()
            // Whoever waits for the next delivery is told that there is none.
            parameters.channel.finish()
        }
        var loop: SubscriberLoop
        do {
            loop = try SubscriberLoop(parameters)
        } catch {
            let message = "cannot take messages from \(parameters.address)"
            parameters.opening.resume(throwing: TaskiqError(.listen, message, cause: error))
            return
        }
        parameters.opening.resume()
        do {
            try loop.run()
        } catch {
            parameters.logger.error(
                "the worker has stopped listening",
                metadata: ["taskiq.broker": "\(parameters.address)", "error.message": "\(error)"]
            )
        }
    }

    private init(_ parameters: Parameters) throws(ZeroMQError) {
        self.parameters = parameters
        maximumFrames = PubSubFraming.maximumFrames(forMessagesOf: parameters.configuration.maximumMessageSize)
        credit = parameters.credit
        let socket = try ZeroMQSocket(
            context: parameters.context,
            kind: .sub,
            options: .subscriber(parameters.configuration, address: parameters.address)
        )
        try socket.subscribe([])
        try socket.connect(parameters.endpoint)
        var poller = Poller(wakeup: parameters.mailbox.wakeup)
        entry = try poller.watch(socket)
        self.poller = poller
        self.socket = consume socket
    }

    private mutating func run() throws {
        while !isStopping {
            if let entry { poller.setInterest(hasRoom ? .readable : [], in: entry) }
            _ = try poller.wait()
            for command in parameters.mailbox.drain() { handle(command) }
            try receive()
            handOver()
        }
        lost += waiting.count
        if lost > 0 {
            parameters.logger.warning(
                "messages that this worker had taken and not started are lost: their publisher keeps none",
                metadata: ["count": "\(lost)"]
            )
        }
    }

    private mutating func handle(_ command: Subscriber.Command) {
        switch command {
        case .settled: credit += 1
        case .released:
            credit += 1
            lost += 1
        case .requeue(let payload): append(payload)
        case .stopListening:
            // The publisher is to see at once that nobody listens here any more. Another poller, because one that
            // watches a closed socket refuses to wait.
            socket = nil
            entry = nil
            poller = Poller(wakeup: parameters.mailbox.wakeup)
        case .shutdown: isStopping = true
        }
    }

    // MARK: Receiving

    /// What the worker can start at once is always taken; the queue is for what comes beyond that.
    private var hasRoom: Bool {
        waiting.count < credit
            || waiting.count - credit < parameters.configuration.queueCapacity
                && waitingBytes < parameters.configuration.queueBytes
    }

    private mutating func receive() throws {
        for _ in 0..<256 where hasRoom {
            guard let message = try nextMessage() else { break }
            switch message {
            case .message(let payload): append(payload)
            case .oversized(let byteCount, let frameCount):
                notice.refused(byteCount: byteCount, frameCount: frameCount)
            }
        }
        // What is not read waits with libzmq, here and then with the publisher, which drops what is too much.
        if !hasRoom, !isFull { notice.queueIsFull(of: waiting.count) }
        isFull = !hasRoom
        if let warning = notice.takeWarning(at: Uptime.milliseconds) {
            parameters.logger.warning(
                "\(warning.message)",
                metadata: warning.metadata.merging(["taskiq.broker": "\(parameters.address)"]) { $1 }
            )
        }
    }

    private func nextMessage() throws(ZeroMQError) -> JoinedMessage? {
        try socket?.receiveJoined(
            maxBytes: parameters.configuration.maximumMessageSize,
            maxFrames: maximumFrames
        )
    }

    private mutating func append(_ payload: [UInt8]) {
        waiting.append(payload)
        waitingBytes += payload.count
    }

    // MARK: Delivering

    private mutating func handOver() {
        guard credit > 0, !waiting.isEmpty else { return }
        var batch: [AckableMessage] = []
        while credit > 0, let payload = waiting.popFirst() {
            waitingBytes -= payload.count
            credit -= 1
            batch.append(
                AckableMessage(
                    data: payload,
                    info: DeliveryInfo(),
                    receipt: PubSubReceipt(mailbox: parameters.mailbox)
                )
            )
        }
        parameters.channel.offer(batch)
    }
}
