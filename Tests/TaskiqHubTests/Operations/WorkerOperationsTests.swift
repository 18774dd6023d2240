// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

struct WorkerOperationsTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)
    private var second = BenchWorker(2)

    init() throws {
        hub = try HubBench()
        try hub.join(&client)
        try hub.join(&worker, credit: 3)
        try hub.join(&second, credit: 3)
        try hub.settle()
    }

    private mutating func list() throws -> [WorkerReport] {
        try hub.call(.listWorkers, by: client).read(OperationPage<WorkerReport>.self).items
    }

    @Test("workers are listed with what they do")
    mutating func listing() throws {
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        try hub.say(.started([LeaseKey(sequence: 1, attempt: 1)]), by: worker)
        hub.sleep(1500)
        try hub.say(.heartbeat, by: second)
        let workers = try list()
        #expect(workers.map(\.name) == ["app@host:1", "app@host:2"])
        #expect(workers[0].holding == 1 && workers[0].running == 1 && workers[1].holding == 0)
        #expect(workers[0].tasks == 1 && workers[0].credit == 3 && workers[0].queues == ["default"])
        #expect(workers[0].heardAt < workers[1].heardAt && workers[1].heardAt == hub.wall)
        try hub.tell(.unreachable(second.peer, .back))
        #expect(try list().map(\.isGone) == [false, true])
    }

    @Test("a worker that is drained is told so, also when it greets anew, and gets nothing more")
    mutating func drain() throws {
        let reply = try hub.call(.drainWorkers, by: client) { $0.workers = ["app@host:1"] }
        #expect(reply.outcome?.workers == ["app@host:1"])
        #expect(hub.take(worker).last == .drain)
        for number in 1...3 { try hub.say(.submit(submission(UInt8(number))), by: client) }
        try hub.settle()
        #expect(hub.takeDeliveries(worker).isEmpty)
        #expect(hub.takeDeliveries(second).count == 3)
        #expect(try list().map(\.isDraining) == [true, false])
        worker.reconnect()
        try hub.greet(worker)
        try hub.settle()
        #expect(hub.take(worker).last == .drain)
    }

    @Test("workers are named by name or by the beginning of their id, or all are meant")
    mutating func names() throws {
        func drain(_ names: [String]?, all: Bool? = nil) throws -> OperationReply {
            try hub.call(.drainWorkers, by: client) {
                $0.workers = names
                $0.all = all
            }
        }
        #expect(try drain(nil).status == .invalid)
        #expect(try drain(["nobody"]).status == .notFound)
        let id = "\(second.hello.identity)"
        #expect(try drain([String(id.prefix(8))]).outcome?.workers == ["app@host:2"])
        #expect(try drain([String(id.prefix(3))]).status == .notFound)
        #expect(try drain(nil, all: true).outcome?.count == 2)
    }

    @Test("a beginning that several ids have in common is refused")
    mutating func ambiguous() throws {
        // The bytes of the bench's identities are all the same, so one is made to begin as another does.
        var third = BenchWorker(1)
        third.hello.identity = try #require(PeerIdentity(Array(repeating: 201, count: 15) + [7]))
        third.hello.processID = 3
        third.peer = PeerID([200, 3])
        try hub.join(&third, credit: 1)
        let prefix = String("\(worker.hello.identity)".prefix(8))
        #expect(try hub.call(.drainWorkers, by: client) { $0.workers = [prefix] }.status == .conflict)
    }

    // MARK: Pings

    /// Pings the first worker; the number that it is to answer with.
    private mutating func ping(timeout: Int64? = nil) throws -> UInt64 {
        try hub.begin(.pingWorker, by: client) {
            $0.workers = ["app@host:1"]
            $0.timeout = timeout
        }
        let packet = try #require(hub.takePackets(worker).last)
        #expect(packet.content == .ping)
        return packet.correlation
    }

    private mutating func pong(_ number: UInt64, by worker: BenchWorker) throws {
        let packet = Packet(WorkerCommand.pong, correlation: number, session: worker.session, epoch: worker.epoch)
        try hub.tell(.worker(worker.peer, packet))
    }

    @Test("a ping is answered when the worker answers it, and by nobody else")
    mutating func pings() throws {
        let number = try ping()
        try pong(number, by: second)
        try pong(number + 1, by: worker)
        #expect(hub.takeAnswers(client).isEmpty)
        try pong(number, by: worker)
        #expect(hub.takeAnswers(client).map(\.outcome?.workers) == [["app@host:1"]])
        try pong(number, by: worker)
        #expect(hub.takeAnswers(client).isEmpty)
        #expect(hub.core.operations.pings.isEmpty)
    }

    @Test("a worker that does not answer is given up")
    mutating func silence() throws {
        _ = try ping(timeout: 1000)
        try hub.wait(1500, heardFrom: [worker, second])
        #expect(hub.takeAnswers(client).map(\.status) == [.timedOut])
    }

    @Test("the number of pings on their way is bounded")
    mutating func manyPings() throws {
        for _ in 0..<1000 { _ = try ping(timeout: 60_000) }
        let more = try hub.call(.pingWorker, by: client) { $0.workers = ["app@host:1"] }
        #expect(more.status == .conflict)
    }
}
