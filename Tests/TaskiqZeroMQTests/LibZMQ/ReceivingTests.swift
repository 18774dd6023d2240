// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqZeroMQ
import Testing

@Suite struct ReceivingTests {
    @Test func `nothing is nil, not an error`() throws {
        let socket = try ZeroMQSocket(context: ZeroMQContext(), kind: .router, options: .hubFront)
        try socket.bind("inproc://quiet")
        #expect(try socket.receive(maxFrames: 4) == nil)
    }

    @Test(arguments: [(1, 3), (3, 3), (4, 3), (5, 3), (1000, 3), (2, 0)])
    func `a message of too many frames is cut off at its end`(count: Int, limit: Int) throws {
        let context = try ZeroMQContext()
        let pull = try ZeroMQSocket(context: context, kind: .pull)
        try pull.bind("inproc://frames")
        let push = try ZeroMQSocket(context: context, kind: .push)
        try push.connect("inproc://frames")
        let frames = (0..<count).map { [UInt8(truncatingIfNeeded: $0)] }
        try deliver(frames, by: push)
        try deliver([[42]], by: push)

        let expected: ReceivedMessage =
            count <= limit ? .message(frames) : .oversized(Array(frames.prefix(limit)), frameCount: count)
        #expect(try nextMessage(of: pull, maxFrames: limit) == expected)
        #expect(try nextMessage(of: pull, maxFrames: 1) == .message([[42]]))
    }

    @Test func `an oversized message still names its peer`() throws {
        let context = try ZeroMQContext()
        let router = try ZeroMQSocket(context: context, kind: .router, options: .hubFront)
        try router.bind("inproc://hub")
        let dealer = try ZeroMQSocket(context: context, kind: .dealer, options: .client)
        try dealer.connect("inproc://hub")
        try deliver([[1], [2], [3], [4]], by: dealer)
        guard case .oversized(let frames, frameCount: 5) = try nextMessage(of: router, maxFrames: 4) else {
            throw NothingCame()
        }
        #expect(Array(frames.dropFirst()) == [[1], [2], [3]])
        try deliver([frames[0], [0]], by: router)
        #expect(try nextFrames(of: dealer) == [[0]])
    }

    @Test func `a frame over the limit never arrives, and the peer may come again`() throws {
        let directory = try SocketDirectory()
        let context = try ZeroMQContext()
        let router = try ZeroMQSocket(context: context, kind: .router, options: .hubFront.limitingFrames(to: 1000))
        try router.bind(directory.endpoint())
        var options = SocketOptions.client
        options.reconnectInterval = .milliseconds(1)
        options.maximumReconnectInterval = .zero
        let dealer = try ZeroMQSocket(context: context, kind: .dealer, options: options)
        try dealer.connect(directory.endpoint())

        try deliver([[UInt8](repeating: 1, count: 1000)], by: dealer)
        #expect(try nextFrames(of: router)[1].count == 1000)
        try deliver([[UInt8](repeating: 1, count: 1001)], by: dealer)
        var poller = Poller()
        let entry = try poller.watch(router)
        repeat {
            try deliver([[2]], by: dealer)
            _ = try poller.wait(timeout: .milliseconds(5))
        } while !poller.isReadable(entry)
        #expect(try nextFrames(of: router)[1] == [2])
    }
}
