// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol
import Testing

/// Tasks that are to acknowledge by themselves, and end before they do.
struct UnacknowledgedTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)
    private let first = LeaseKey(sequence: 1, attempt: 1)
    private let second = LeaseKey(sequence: 1, attempt: 2)

    /// A message runs at a worker with room for one, and a client waits for its result.
    init() throws {
        var configuration = HubConfiguration()
        configuration.manualAcknowledgeTimeout = .seconds(60)
        hub = try HubBench(configuration: configuration)
        try hub.join(&client)
        try hub.join(&worker, credit: 1)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        _ = hub.take(worker)
        try hub.say(.started([first]), by: worker)
        try hub.say(.resultWait(taskIDs: ["task-1"]), by: client)
        _ = hub.take(client)
    }

    private func completion(
        _ outcome: Completion.Outcome,
        _ body: String,
        of lease: LeaseKey? = nil
    ) -> Completion {
        var completion = Completion(lease: lease ?? first, outcome: outcome, body: Array(body.utf8))
        completion.isUnacknowledged = true
        return completion
    }

    private func ready(_ body: String) -> ClientReply {
        .result(taskID: "task-1", status: .ready, body: Array(body.utf8))
    }

    private func completed(_ lease: LeaseKey, _ verdict: LeaseVerdict.Verdict) -> WorkerReply {
        .completed([LeaseVerdict(lease: lease, verdict: verdict)])
    }

    private func acknowledged(_ lease: LeaseKey, _ verdict: LeaseVerdict.Verdict) -> WorkerReply {
        .acknowledged(LeaseVerdict(lease: lease, verdict: verdict))
    }

    private func storedResult() throws -> String? {
        try hub.store.results(of: ["task-1"])["task-1"]?.bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What the client is told when it is back and asks once more.
    private mutating func asked() throws -> [ClientReply] {
        try hub.join(&client)
        try hub.say(.resultWait(taskIDs: ["task-1"]), by: client)
        try hub.settle()
        return hub.take(client)
    }

    @Test("the result is stored at once, who waits is told, and the message stays")
    mutating func retained() throws {
        try hub.say(.complete(completion(.ok, "42")), by: worker)
        #expect(hub.take(client).isEmpty)
        try hub.settle()
        #expect(hub.take(client) == [ready("42")])
        #expect(hub.take(worker) == [completed(first, .recorded)])
        #expect(hub.core.messageCount == 1)
        #expect(try asked() == [ready("42")])
        // Repeated because the answer was lost, it is answered and changes nothing.
        try hub.say(.complete(completion(.ok, "43")), by: worker)
        try hub.settle()
        #expect(hub.take(worker) == [completed(first, .recorded)])
        #expect(try storedResult() == "42")
    }

    @Test("it takes no room of other tasks, unless there are very many of them")
    mutating func room() throws {
        try hub.say(.complete(completion(.ok, "42")), by: worker)
        try hub.settle()
        _ = hub.take(worker)
        let limit = ProtocolLimits.maximumUnacknowledged
        var held = 1
        for number in 2...(limit + 2) {
            var next = submission(7, "task-\(number)")
            next.key = .generate()
            try hub.say(.submit(next), by: client)
            try hub.settle()
            guard let delivery = hub.takeDeliveries(worker).first else { break }
            try hub.say(.complete(completion(.ok, "r", of: delivery.lease)), by: worker)
            held += 1
        }
        #expect(held == limit + 1)
        try hub.say(.acknowledge(first), by: worker)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).count == 1)
    }

    @Test("the acknowledgement ends the message, after its task; then it is on disk and told")
    mutating func acknowledgement() throws {
        try hub.say(.complete(completion(.ok, "42")), by: worker)
        try hub.settle()
        _ = hub.take(worker)
        try hub.wait(59_000, heardFrom: [worker])
        _ = hub.take(worker)
        try hub.say(.acknowledge(first), by: worker)
        #expect(hub.take(worker).isEmpty)
        try hub.commit()
        #expect(hub.take(worker) == [acknowledged(first, .recorded)])
        #expect(hub.core.messageCount == 0)
        #expect(try storedResult() == "42")
        try hub.say(.acknowledge(first), by: worker)
        #expect(hub.take(worker) == [acknowledged(first, .already)])
        try hub.wait(120_000, heardFrom: [worker])
        #expect(hub.takeDeliveries(worker).isEmpty)
    }

    @Test("an acknowledgement that came before the end makes it an end like any other")
    mutating func acknowledgedBefore() throws {
        try hub.say(.acknowledge(first), by: worker)
        try hub.say(.complete(completion(.ok, "42")), by: worker)
        try hub.settle()
        #expect(hub.take(worker) == [acknowledged(first, .recorded), completed(first, .recorded)])
        #expect(hub.core.messageCount == 0)
        #expect(hub.take(client) == [ready("42")])
    }

    @Test("not acknowledged in time it comes again, says so, and the late acknowledgement is refused")
    mutating func timeout() throws {
        try hub.say(.complete(completion(.ok, "42")), by: worker)
        try hub.settle()
        _ = hub.take(worker)
        try hub.wait(59_500, heardFrom: [worker])
        #expect(hub.takeDeliveries(worker).isEmpty)
        #expect(hub.core.nextDeadline <= hub.uptime + 500)
        try hub.wait(500, heardFrom: [worker])
        let replies = hub.take(worker)
        #expect(replies.contains(completed(first, .stale)))
        guard case .task(let again)? = replies.last(where: { if case .task = $0 { true } else { false } }) else {
            Issue.record("it did not come again")
            return
        }
        #expect(again.lease == second)
        #expect(again.isRedelivered)
        try hub.say(.acknowledge(first), by: worker)
        #expect(hub.take(worker) == [acknowledged(first, .stale)])
        // A hub that paused hears what came meanwhile before it gives anything up.
        try hub.say(.complete(completion(.ok, "43", of: second)), by: worker)
        try hub.settle()
        _ = hub.take(worker)
        hub.sleep(120_000)
        try hub.tell(.tick)
        try hub.say(.acknowledge(second), by: worker)
        try hub.settle()
        #expect(hub.take(worker).contains(acknowledged(second, .recorded)))
        #expect(hub.core.messageCount == 0)
        #expect(hub.store.deadLetters.isEmpty)
    }

    @Test(
        "the first result stands, but a success takes the place of a failure",
        arguments: [
            (Completion.Outcome.ok, Completion.Outcome.ok, "1"), (.ok, .error, "1"), (.error, .error, "1"),
            (.error, .ok, "2"), (.noResult, .error, "2"), (.ok, .noResult, "1"), (.ok, .reject, "1"),
        ]
    )
    mutating func secondResult(_ before: Completion.Outcome, _ after: Completion.Outcome, _ stands: String) throws {
        try hub.say(.complete(completion(before, "1")), by: worker)
        try hub.settle()
        #expect(hub.take(client) == (before == .noResult ? [] : [ready("1")]))
        try hub.wait(60_000, heardFrom: [worker])
        try hub.say(.complete(Completion(lease: second, outcome: after, body: Array("2".utf8))), by: worker)
        try hub.settle()
        #expect(hub.take(worker).last == completed(second, .recorded))
        #expect(hub.core.messageCount == 0)
        #expect(try storedResult() == stands)
        #expect(try asked() == [ready(stands)])
    }

    @Test("a result whose time is over makes room for the next")
    mutating func expired() throws {
        var configuration = HubConfiguration()
        configuration.resultLifetime = .seconds(20)
        configuration.manualAcknowledgeTimeout = .seconds(60)
        hub = try HubBench(configuration: configuration)
        try hub.join(&client)
        try hub.join(&worker, credit: 1)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        try hub.say(.complete(completion(.ok, "1")), by: worker)
        try hub.wait(60_000, heardFrom: [worker])
        try hub.end(hub.takeDeliveries(worker).last, .ok, "2", by: worker)
        try hub.settle()
        #expect(try storedResult() == "2")
    }

    @Test("its worker's end, whatever it is, gives it to others, and counts as no crash", arguments: [0, 1, 2])
    mutating func workerGoes(_ way: Int) throws {
        var other = BenchWorker(2)
        try hub.say(.complete(completion(.ok, "42")), by: worker)
        try hub.settle()
        try hub.join(&other, credit: 1)
        switch way {
        case 0: try hub.say(.bye, by: worker)
        case 1:
            try hub.tell(.unreachable(worker.peer, .back))
            try hub.wait(2000, heardFrom: [other])
        // It greets anew and no longer names it.
        default: try hub.join(&worker, credit: 0)
        }
        try hub.settle()
        let again = hub.takeDeliveries(other).last
        #expect(again?.lease == second)
        #expect(again?.isRedelivered == true)
        for _ in 0..<4 {
            try hub.tell(.unreachable(other.peer, .back))
            try hub.wait(2000)
        }
        #expect(hub.store.deadLetters.isEmpty)
    }

    @Test("a worker that greets anew keeps it, and may acknowledge it then")
    mutating func reconnection() throws {
        try hub.say(.complete(completion(.ok, "42")), by: worker)
        try hub.settle()
        worker.reconnect()
        worker.hello.inFlight = [first]
        let welcome = try hub.join(&worker, credit: 1)
        #expect(welcome?.verdicts == [LeaseVerdict(lease: first, verdict: .keep)])
        // It still takes no room.
        try hub.say(.submit(submission(2)), by: client)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [2])
        try hub.say(.acknowledge(first), by: worker)
        try hub.settle()
        #expect(hub.take(worker) == [acknowledged(first, .recorded)])
        #expect(hub.core.messageCount == 1)
    }

    @Test("it outlives a restart of the hub; the time for the acknowledgement begins anew then")
    mutating func restart() throws {
        try hub.say(.complete(completion(.error, "42")), by: worker)
        try hub.settle()
        try hub.wait(50_000, heardFrom: [worker])
        try hub.restart()
        client.reconnect()
        try hub.join(&client)
        #expect(try asked() == [ready("42")])
        worker.hello.inFlight = [first]
        let welcome = try hub.join(&worker, credit: 1)
        #expect(welcome?.verdicts == [LeaseVerdict(lease: first, verdict: .keep)])
        try hub.wait(59_500, heardFrom: [worker])
        #expect(hub.takeDeliveries(worker).isEmpty)
        try hub.wait(500, heardFrom: [worker])
        let again = hub.takeDeliveries(worker).last
        #expect(again?.lease == second)
        try hub.end(again, .ok, "43", by: worker)
        try hub.settle()
        #expect(try storedResult() == "43")
    }

    @Test("after a restart without its worker it goes to another, as a repetition and no crash")
    mutating func orphan() throws {
        try hub.say(.complete(completion(.ok, "42")), by: worker)
        try hub.settle()
        try hub.restart()
        var other = BenchWorker(2)
        try hub.join(&other, credit: 1)
        try hub.wait(14_500, heardFrom: [other])
        #expect(hub.takeDeliveries(other).isEmpty)
        try hub.wait(500, heardFrom: [other])
        #expect(hub.takeDeliveries(other).last?.isRedelivered == true)
        // Its first worker comes back too late, and the time is not given twice.
        try hub.restart()
        worker.hello.inFlight = [first]
        #expect(try hub.join(&worker, credit: 0)?.verdicts.map(\.verdict) == [.stale])
    }

    @Test("however often the hub and its workers go, a task that ended is never called poison")
    mutating func neverPoison() throws {
        for attempt in 1...5 as ClosedRange<Int32> {
            let lease = LeaseKey(sequence: 1, attempt: attempt)
            try hub.say(.complete(completion(.ok, "42", of: lease)), by: worker)
            try hub.settle()
            try hub.restart()
            worker = BenchWorker(UInt8(10 + attempt))
            try hub.join(&worker, credit: 1)
            try hub.wait(15_000, heardFrom: [worker])
            #expect(hub.takeDeliveries(worker).map(\.lease.attempt) == [attempt + 1])
        }
        #expect(hub.store.deadLetters.isEmpty)
    }

    @Test("what was given up stays given up, even if nobody else has it yet")
    mutating func givenUp() throws {
        try hub.say(.credit(0), by: worker)
        try hub.say(.complete(completion(.ok, "42")), by: worker)
        try hub.wait(60_000, heardFrom: [worker])
        worker.reconnect()
        worker.hello.inFlight = [first]
        #expect(try hub.join(&worker, credit: 0)?.verdicts.map(\.verdict) == [.stale])
        #expect(hub.core.messageCount == 1)
    }

    @Test("a run that was given up and did not acknowledge does not end the message")
    mutating func lateAndUnacknowledged() throws {
        var other = BenchWorker(2)
        try hub.wait(11_000)
        try hub.join(&other, credit: 1)
        try hub.join(&worker, credit: 0)
        try hub.say(.complete(completion(.ok, "42")), by: worker)
        try hub.settle()
        #expect(hub.take(worker) == [completed(first, .stale)])
        #expect(hub.core.messageCount == 1)
        #expect(try storedResult() == nil)
    }
}
