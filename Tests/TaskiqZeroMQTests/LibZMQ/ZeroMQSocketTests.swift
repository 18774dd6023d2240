// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqZeroMQ
import Testing

@Suite struct ZeroMQSocketTests {
    @Test(arguments: Transport.allCases)
    func `a request and its reply arrive as they were sent`(over transport: Transport) throws {
        let directory = try SocketDirectory()
        let context = try ZeroMQContext()
        let router = try ZeroMQSocket(context: context, kind: .router, options: .hubFront)
        try router.bind(transport.endpoint(in: directory))
        let dealer = try ZeroMQSocket(context: context, kind: .dealer, options: .client)
        try dealer.connect(try router.lastEndpoint())

        let request = [0, 1, 255, 100_000].map { size in (0..<size).map { UInt8(truncatingIfNeeded: $0) } }
        try deliver(request, by: dealer)
        let received = try nextFrames(of: router)
        #expect(Array(received.dropFirst()) == request)

        let reply = [received[0], [], [7]]
        try deliver(reply, by: router)
        #expect(try nextFrames(of: dealer) == [[], [7]])
    }

    @Test func `a wildcard port becomes a port`() throws {
        let socket = try ZeroMQSocket(context: ZeroMQContext(), kind: .pull)
        #expect(try socket.lastEndpoint().isEmpty)
        try socket.bind("tcp://127.0.0.1:*")
        let endpoint = try socket.lastEndpoint()
        let port = try #require(endpoint.split(separator: ":").last.flatMap { Int($0) })
        #expect(endpoint == "tcp://127.0.0.1:\(port)")
        #expect((1...65535).contains(port))
    }

    @Test func `subscribers get what they subscribed to`() throws {
        let context = try ZeroMQContext()
        let publisher = try ZeroMQSocket(context: context, kind: .xpub)
        try publisher.bind("inproc://events")
        let subscriber = try ZeroMQSocket(context: context, kind: .sub)
        try subscriber.connect("inproc://events")
        try subscriber.subscribe([UInt8]("task.".utf8))
        #expect(try nextFrames(of: publisher) == [[1] + [UInt8]("task.".utf8)])

        #expect(try publisher.send([[UInt8]("hub.started".utf8), [1]]) == .sent)
        #expect(try publisher.send([[UInt8]("task.done".utf8), [2]]) == .sent)
        #expect(try nextFrames(of: subscriber) == [[UInt8]("task.done".utf8), [2]])

        let error = zeroMQError { try publisher.subscribe([]) }
        #expect(error?.code == .invalidArgument)
    }

    @Test func `what is pushed is pulled, in order`() throws {
        let context = try ZeroMQContext()
        let pull = try ZeroMQSocket(context: context, kind: .pull)
        try pull.bind("inproc://line")
        let push = try ZeroMQSocket(context: context, kind: .push)
        try push.connect("inproc://line")
        for number in UInt8.min...UInt8.max { #expect(try push.send([[number]]) == .sent) }
        for number in UInt8.min...UInt8.max { #expect(try nextFrames(of: pull) == [[number]]) }
        #expect(try pull.receive(maxFrames: 1) == nil)
    }

    @Test func `sockets that only send do not receive, and the other way round`() throws {
        let context = try ZeroMQContext()
        let push = try ZeroMQSocket(context: context, kind: .push)
        #expect(zeroMQError { _ = try push.receive(maxFrames: 1) }?.code == .notSupported)
        let pull = try ZeroMQSocket(context: context, kind: .pull)
        #expect(zeroMQError { _ = try pull.send([[1]]) }?.code == .notSupported)
    }

    @Test func `the same ipc path is bound again right after it was closed`() throws {
        let directory = try SocketDirectory()
        let context = try ZeroMQContext()
        for round in UInt8(0)..<20 {
            let router = try ZeroMQSocket(context: context, kind: .router, options: .hubBack)
            try router.bind(directory.endpoint())
            let dealer = try ZeroMQSocket(context: context, kind: .dealer, options: .worker)
            try dealer.connect(directory.endpoint())
            try deliver([[round]], by: dealer)
            #expect(try nextFrames(of: router).last == [round])
            router.close()
            dealer.close()
        }
    }

    @Test func `a dealer finds the hub that comes back`() throws {
        let directory = try SocketDirectory()
        let context = try ZeroMQContext()
        var options = SocketOptions.worker
        options.reconnectInterval = .milliseconds(1)
        options.maximumReconnectInterval = .zero
        let dealer = try ZeroMQSocket(context: context, kind: .dealer, options: options)
        try dealer.connect(directory.endpoint())
        for round in UInt8(0)..<5 {
            let router = try ZeroMQSocket(context: context, kind: .router, options: .hubBack)
            try router.bind(directory.endpoint())
            // A message for the hub that has just gone may still be taken: only an answer says more.
            var poller = Poller()
            let entry = try poller.watch(router)
            repeat {
                try deliver([[round]], by: dealer)
                _ = try poller.wait(timeout: .milliseconds(5))
            } while !poller.isReadable(entry)
            #expect(try nextFrames(of: router).last == [round])
        }
    }

    @Test func `unbinding and disconnecting know what there is`() throws {
        let directory = try SocketDirectory()
        let context = try ZeroMQContext()
        let router = try ZeroMQSocket(context: context, kind: .router)
        try router.bind("tcp://127.0.0.1:*")
        let endpoint = try router.lastEndpoint()
        try router.unbind(endpoint)
        let unbinding = zeroMQError { try router.unbind(endpoint) }
        #expect(unbinding?.code == .notFound)
        #expect(unbinding?.description.contains("no such endpoint") == true)

        let dealer = try ZeroMQSocket(context: context, kind: .dealer)
        try dealer.connect(directory.endpoint())
        try dealer.disconnect(directory.endpoint())
        #expect(zeroMQError { try dealer.disconnect(directory.endpoint()) }?.code == .notFound)
    }
}
