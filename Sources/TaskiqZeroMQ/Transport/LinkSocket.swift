// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import TaskiqHubProtocol

/// One of a connection's sockets, with what waits to be sent through it.
///
/// libzmq takes nothing while there is no connection, so that nothing disappears into one that is gone; what it does
/// not take waits here, and is dropped with the socket: the links say it again to the next one.
struct LinkSocket: ~Copyable {
    private let options: SocketOptions
    private var socket: ZeroMQSocket?
    private var entry: Poller.Entry?
    private var outbox: Deque<[[UInt8]]> = []
    /// What is said together, as it is said in the same turn.
    private var batch = FrameBatch()

    init(options: SocketOptions) {
        self.options = options
    }

    /// Whether libzmq has everything.
    var isFlushed: Bool { outbox.isEmpty && batch.count == 0 }

    mutating func open(_ endpoint: String, context: ZeroMQContext) throws(ZeroMQError) {
        outbox = []
        batch = FrameBatch()
        entry = nil
        socket = nil
        let fresh = try ZeroMQSocket(context: context, kind: .dealer, options: options)
        try fresh.connect(endpoint)
        socket = consume fresh
    }

    mutating func watch(with poller: inout Poller) {
        entry = socket?.watch(with: &poller)
    }

    mutating func updateInterest(in poller: inout Poller) {
        guard let entry else { return }
        poller.setInterest(outbox.isEmpty ? .readable : [.readable, .writable], in: entry)
    }

    mutating func send(_ packet: Packet<ClientCommand>) {
        if packet.isShort { packet.append(to: &batch) } else { send(packet.frames()) }
        if batch.isFull { closeBatch() }
    }

    mutating func send(_ packet: Packet<WorkerCommand>) {
        if packet.isShort { packet.append(to: &batch) } else { send(packet.frames()) }
        if batch.isFull { closeBatch() }
    }

    private mutating func send(_ frames: [[UInt8]]) {
        closeBatch()
        outbox.append(frames)
    }

    private mutating func closeBatch() {
        if batch.count > 0 { outbox.append(batch.takeFrames()) }
    }

    mutating func flush() {
        closeBatch()
        guard socket != nil else { return }
        while let frames = outbox.first, (try? socket?.send(frames)) == .sent { outbox.removeFirst() }
    }

    /// Whether something had come at the last wait; a look at a socket that has nothing costs as much as a message.
    func isReadable(in poller: borrowing Poller) -> Bool {
        entry.map { poller.isReadable($0) } ?? false
    }

    mutating func receive() -> [[UInt8]]? {
        guard case .message(let frames)? = socket?.message() else { return nil }
        return frames
    }
}

extension ZeroMQSocket {
    fileprivate borrowing func watch(with poller: inout Poller) -> Poller.Entry? {
        try? poller.watch(self)
    }

    fileprivate borrowing func message() -> ReceivedMessage? {
        (try? receive(maxFrames: ProtocolLimits.maximumFrames)) ?? nil
    }
}
