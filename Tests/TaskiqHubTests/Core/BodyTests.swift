// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

/// Bodies that are read back from the store ahead of their turn.
struct BodyTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)

    init() throws {
        var configuration = HubConfiguration()
        configuration.maximumCachedBodies = 0
        hub = try HubBench(configuration: configuration)
        try hub.join(&client)
    }

    private mutating func submit(_ count: Int, size: Int = 10, queue: String = "default", from first: Int = 0) throws {
        for number in first..<first + count {
            var message = submission(1, "task-\(number)", queue: queue)
            let low = withUnsafeBytes(of: Int64(number).bigEndian, Array.init)
            message.key = try #require(PeerIdentity(Array(repeating: 7, count: 8) + low))
            message.body = Array(repeating: 1, count: size)
            try hub.say(.submit(message), by: client)
        }
        try hub.settle()
    }

    /// Ends the one task that the worker has, and lets the next one come.
    private mutating func runNext() throws {
        try hub.end(hub.takeDeliveries(worker).first, .ok, by: worker)
        try hub.settle()
    }

    @Test("when a worker has to wait for a body, those of the messages that come next are read with it")
    mutating func readAhead() throws {
        try submit(10)
        try hub.join(&worker, credit: 1)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [1])
        #expect(hub.bodiesRead == 10)
        // They are there when there is room for them, and are not read again.
        try hub.say(.credit(10), by: worker)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == Array(2...10))
        #expect(hub.bodiesRead == 10)
    }

    @Test("only so many bodies are read before their turn, and more when half of them are taken")
    mutating func parts() throws {
        try submit(4100)
        try hub.join(&worker, credit: 1)
        try hub.settle()
        // The first, and those that follow it.
        #expect(hub.bodiesRead == 2049)
        for _ in 1...1000 { try runNext() }
        #expect(hub.bodiesRead == 2049)
        for _ in 1...50 { try runNext() }
        #expect((3049...3100).contains(hub.bodiesRead))
    }

    @Test("of larger bodies fewer are read, and more in time as well")
    mutating func largerBodies() throws {
        try submit(1500, size: 8192)
        try hub.join(&worker, credit: 1)
        try hub.settle()
        #expect(hub.bodiesRead == 512)
        for _ in 1...300 { try runNext() }
        #expect((700...850).contains(hub.bodiesRead))
    }

    @Test("4 MiB are read ahead, of however many queues")
    mutating func manyQueues() throws {
        for number in 0..<16 * 70 { try submit(1, size: 65_536, queue: "queue-\(number % 16)", from: number) }
        worker.hello.queues = (0..<16).map { "queue-\($0)" }
        try hub.join(&worker, credit: 16)
        try hub.settle()
        #expect(hub.core.cachedBodyBytes <= 4 << 20)
        #expect(hub.core.bytesBeingRead == 0)
    }

    @Test("bodies of unknown size are taken for the largest there are")
    mutating func unknownSizes() throws {
        try submit(100)
        // As a store says it that cannot tell sizes.
        try hub.restart(forgettingSizes: true)
        try hub.join(&worker, credit: 1)
        try hub.settle()
        #expect(hub.bodiesRead <= 5)
    }

    @Test("queues that nobody serves any more do not keep others from being read ahead")
    mutating func unservedQueues() throws {
        for queue in 0..<16 { try submit(1100, queue: "old-\(queue)", from: queue * 10_000) }
        try submit(100, from: 900_000)
        for queue in 0..<16 {
            var old = BenchWorker(UInt8(2 + queue), queues: ["old-\(queue)"])
            try hub.join(&old, credit: 1)
            try hub.settle()
            try hub.say(.bye, by: old)
            try hub.settle()
        }
        let before = hub.bodiesRead
        try hub.join(&worker, credit: 1)
        try hub.settle()
        #expect(hub.bodiesRead - before == 100)
    }

    @Test("a message that runs is not put aside because its body, read ahead, is damaged")
    mutating func damagedWhileItRuns() throws {
        try submit(2)
        try hub.join(&worker, credit: 2)
        try hub.settle()
        let held = hub.takeDeliveries(worker)
        try hub.say(.started(held.map(\.lease)), by: worker)
        try hub.tell(.unreachable(worker.peer, .back))
        try hub.tick(2000)
        try hub.settle()
        hub.store.damage(2, reason: "a bit flipped")
        // Another worker has room for one: the other is read ahead.
        var second = BenchWorker(2)
        try hub.join(&second, credit: 1)
        // The first one comes back before the store has answered, and goes on.
        worker.hello.inFlight = [held[1].lease]
        worker.hello.started = [held[1].lease]
        try hub.join(&worker, credit: 0)
        try hub.settle()
        #expect(hub.core.messages[2]?.leaseHolder == worker.hello.identity)
        #expect(hub.store.quarantined.isEmpty)
    }
}
