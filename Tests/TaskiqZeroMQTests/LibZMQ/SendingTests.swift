// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqZeroMQ
import Testing

@Suite struct SendingTests {
    @Test func `a router says that it has no such peer`() throws {
        let context = try ZeroMQContext()
        let router = try ZeroMQSocket(context: context, kind: .router, options: .hubFront)
        try router.bind("inproc://hub")
        #expect(try router.send([[9, 9, 9], [1], [2]]) == .unreachable)

        // Nothing of it is left to become the start of the next message.
        let dealer = try ZeroMQSocket(context: context, kind: .dealer, options: .client)
        try dealer.connect("inproc://hub")
        try deliver([[1]], by: dealer)
        let peer = try nextFrames(of: router)[0]
        #expect(try router.send([[9, 9, 9], [1], [2]]) == .unreachable)
        #expect(try router.send([peer, [3]]) == .sent)
        #expect(try nextFrames(of: dealer) == [[3]])
    }

    @Test func `a router notices that a peer has left`() throws {
        let context = try ZeroMQContext()
        let router = try ZeroMQSocket(context: context, kind: .router, options: .hubFront)
        try router.bind("inproc://hub")
        let dealer = try ZeroMQSocket(context: context, kind: .dealer, options: .client)
        try dealer.connect("inproc://hub")
        try deliver([[1]], by: dealer)
        let peer = try nextFrames(of: router)[0]
        dealer.close()
        var poller = Poller()
        _ = try poller.watch(router)
        var result = try router.send([peer, [2]])
        while result == .sent {
            _ = try poller.wait(timeout: .milliseconds(1))
            result = try router.send([peer, [2]])
        }
        #expect(result == .unreachable)
    }

    @Test func `while nobody listens, nothing is taken`() throws {
        let directory = try SocketDirectory()
        let dealer = try ZeroMQSocket(context: ZeroMQContext(), kind: .dealer, options: .client)
        try dealer.connect(directory.endpoint())
        #expect(try dealer.send([[1], [2]]) == .wouldBlock)
    }

    @Test(arguments: [SocketKind.dealer, .router])
    func `a full peer takes whole messages or none`(of kind: SocketKind) throws {
        let context = try ZeroMQContext()
        var options = kind == .router ? SocketOptions.hubFront : .client
        options.sendHighWaterMark = 10
        let sender = try ZeroMQSocket(context: context, kind: kind, options: options)
        try sender.bind("inproc://full")
        options = .client
        options.receiveHighWaterMark = 10
        let receiver = try ZeroMQSocket(context: context, kind: .dealer, options: options)
        try receiver.connect("inproc://full")
        try deliver([[0]], by: receiver)
        let address = try nextFrames(of: sender).dropLast()

        var sent = 0
        while try sender.send(address + [[1], [2, 2], [3, 3, 3]]) == .sent { sent += 1 }
        #expect(sent >= 10)
        for _ in 0..<sent { #expect(try nextFrames(of: receiver) == [[1], [2, 2], [3, 3, 3]]) }
        #expect(try receiver.receive(maxFrames: 8) == nil)
    }

    @Test func `an address without a message and a message without frames are refused`() throws {
        let context = try ZeroMQContext()
        let router = try ZeroMQSocket(context: context, kind: .router, options: .hubFront)
        #expect(zeroMQError { _ = try router.send([[1, 2, 3]]) }?.code == .invalidArgument)
        let dealer = try ZeroMQSocket(context: context, kind: .dealer, options: .client)
        #expect(zeroMQError { _ = try dealer.send([]) }?.code == .invalidArgument)
    }

    @Test func `a peer that goes away in the middle sees whole messages, and takes none with it`() async throws {
        let directory = try SocketDirectory()
        let endpoint = directory.endpoint()
        let message = (UInt8(1)...20).map { [$0] }
        let rounds = 60
        // What the sender says of each round: whether the send after the one that failed failed too.
        let reports = Mailbox<SendResult>(wakeup: try Wakeup())
        let sender = try SocketThread(name: "sender") {
            defer { reports.close() }
            do {
                var options = SocketOptions.worker
                options.sendHighWaterMark = 0
                options.reconnectInterval = .milliseconds(1)
                options.maximumReconnectInterval = .zero
                let push = try ZeroMQSocket(context: ZeroMQContext(), kind: .push, options: options)
                try push.connect(endpoint)
                for _ in 0..<rounds {
                    try deliver(message, by: push)
                    while try push.send(message) == .sent {}
                    _ = reports.post(try push.send(message))
                }
            } catch {
                Issue.record(error)
            }
        }

        var poller = Poller(wakeup: reports.wakeup)
        for _ in 0..<rounds {
            let pull = try ZeroMQSocket(context: ZeroMQContext(), kind: .pull)
            try pull.bind(endpoint)
            for _ in 0..<20 {
                #expect(try nextMessage(of: pull, maxFrames: 100) == .message(message))
            }
            try directory.remove()
            pull.close()
            var results = reports.drain()
            while results.isEmpty, try poller.wait(timeout: patience) { results = reports.drain() }
            // Nobody listens, so nothing can have been sent.
            #expect(results == [.wouldBlock])
        }
        await sender.join()
    }
}
