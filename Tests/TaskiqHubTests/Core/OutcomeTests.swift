// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol
import Testing

struct OutcomeTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)
    private var delivery: TaskDelivery?

    /// A message runs at a worker, and a client waits for its result.
    init() throws {
        hub = try HubBench()
        try hub.join(&client)
        try hub.join(&worker, credit: 1)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        delivery = hub.takeDeliveries(worker).first
        try hub.say(.started([LeaseKey(sequence: 1, attempt: 1)]), by: worker)
        try hub.say(.resultWait(taskIDs: ["task-1"]), by: client)
        #expect(hub.take(client).last == .result(taskID: "task-1", status: .pending, body: []))
    }

    private func verdict(_ verdict: LeaseVerdict.Verdict, _ attempt: Int32 = 1) -> WorkerReply {
        verdicts([verdict], attempt)
    }

    private func verdicts(_ verdicts: [LeaseVerdict.Verdict], _ attempt: Int32 = 1) -> WorkerReply {
        .completed(verdicts.map { LeaseVerdict(lease: LeaseKey(sequence: 1, attempt: attempt), verdict: $0) })
    }

    @Test("a result and the end of its message are one group; then the worker and who waits are told")
    mutating func completion() throws {
        try hub.end(delivery, .ok, "42", by: worker)
        #expect(hub.take(client).isEmpty)
        #expect(hub.take(worker).isEmpty)
        #expect(hub.group?.operations.count == 1)
        try hub.commit()
        #expect(hub.take(client) == [.result(taskID: "task-1", status: .ready, body: Array("42".utf8))])
        #expect(hub.take(worker) == [verdict(.recorded)])
        #expect(hub.core.messageCount == 0)
    }

    @Test("a failure is a result too")
    mutating func failure() throws {
        try hub.end(delivery, .error, "oops", by: worker)
        try hub.settle()
        #expect(hub.take(client) == [.result(taskID: "task-1", status: .ready, body: Array("oops".utf8))])
    }

    @Test("a second end is answered, and changes nothing")
    mutating func already() throws {
        try hub.end(delivery, .ok, "42", by: worker)
        try hub.end(delivery, .error, "43", by: worker)
        try hub.settle()
        #expect(hub.take(worker) == [verdicts([.recorded, .already])])
        #expect(try hub.store.results(of: ["task-1"]) == ["task-1": .intact(Array("42".utf8))])
    }

    @Test("a task that wants nothing stored ends without a result")
    mutating func noResult() throws {
        try hub.end(delivery, .noResult, by: worker)
        try hub.settle()
        #expect(hub.take(client) == [.result(taskID: "task-1", status: .unknown, body: [])])
        #expect(try hub.store.results(of: ["task-1"]).isEmpty)
        #expect(hub.core.messageCount == 0)
    }

    @Test("a requeued message comes as a new one, after its delay, and whoever waits goes on waiting")
    mutating func requeue() throws {
        var completion = Completion(lease: LeaseKey(sequence: 1, attempt: 1), outcome: .requeue, body: Array("b".utf8))
        completion.delay = 2000
        try hub.say(.complete(completion), by: worker)
        try hub.settle()
        #expect(hub.take(worker) == [verdict(.recorded)])
        try hub.wait(1500, heardFrom: [worker])
        #expect(hub.takeDeliveries(worker).isEmpty)
        try hub.wait(500, heardFrom: [worker])
        let second = hub.takeDeliveries(worker).first
        #expect(second?.lease == LeaseKey(sequence: 2, attempt: 1))
        #expect(second?.body == Array("b".utf8))
        try hub.end(second, .ok, "42", by: worker)
        try hub.settle()
        #expect(hub.take(client) == [.result(taskID: "task-1", status: .ready, body: Array("42".utf8))])
    }

    @Test("a rejected message is a dead letter, and whoever waits gets an error")
    mutating func reject() throws {
        var completion = Completion(lease: LeaseKey(sequence: 1, attempt: 1), outcome: .reject)
        completion.reason = "no such account"
        try hub.say(.complete(completion), by: worker)
        #expect(hub.take(client).isEmpty)
        try hub.settle()
        let letter = hub.store.deadLetters.first
        #expect(letter?.reason == "no such account")
        #expect(letter?.message.body == submission(1).body)
        guard case .result(_, .ready, let body)? = hub.take(client).first else {
            Issue.record("nobody was told")
            return
        }
        #expect(String(decoding: body, as: UTF8.self).contains("no such account"))
    }

    @Test("a delivery that was given back comes again, and counts for nothing")
    mutating func release() throws {
        try hub.end(delivery, .release, by: worker)
        try hub.settle()
        let again = hub.takeDeliveries(worker).first
        #expect(again?.lease == LeaseKey(sequence: 1, attempt: 2))
        #expect(again?.isRedelivered == false)
    }

    @Test("an earlier delivery may still succeed, once; nothing else of it counts")
    mutating func lateSuccess() throws {
        var second = BenchWorker(2)
        try hub.wait(11_000)
        try hub.join(&second, credit: 1)
        try hub.settle()
        #expect(hub.takeDeliveries(second).map(\.lease.attempt) == [2])
        // The first is back, and does not hold it any more.
        worker.hello.inFlight = [LeaseKey(sequence: 1, attempt: 1)]
        let welcome = try hub.join(&worker, credit: 0)
        #expect(welcome?.verdicts.map(\.verdict) == [.stale])
        for outcome in [Completion.Outcome.error, .requeue, .reject, .release, .noResult] {
            try hub.end(delivery, outcome, by: worker)
            try hub.settle()
            #expect(hub.take(worker) == [verdict(.stale)])
        }
        try hub.end(delivery, .ok, "first", by: worker)
        try hub.settle()
        #expect(hub.take(worker) == [verdict(.recorded)])
        let newer = TaskDelivery(
            lease: LeaseKey(sequence: 1, attempt: 2),
            queue: "default",
            enqueuedAt: .epoch,
            isRedelivered: true,
            body: []
        )
        try hub.end(newer, .ok, "second", by: second)
        try hub.settle()
        #expect(hub.take(second).last == verdict(.already, 2))
        #expect(try hub.store.results(of: ["task-1"]) == ["task-1": .intact(Array("first".utf8))])
    }

    @Test("a success of a delivery that never was counts for nothing", arguments: [Int32.min, -1, 0, 2, .max])
    mutating func invented(attempt: Int32) throws {
        let lease = LeaseKey(sequence: 1, attempt: attempt)
        try hub.say(.complete(Completion(lease: lease, outcome: .ok)), by: worker)
        #expect(hub.take(worker) == [verdict(.stale, attempt)])
        #expect(hub.core.messageCount == 1)
    }

    // MARK: Acknowledgements

    @Test("an acknowledgement is confirmed when it is on disk")
    mutating func acknowledge() throws {
        let lease = LeaseKey(sequence: 1, attempt: 1)
        try hub.say(.acknowledge(lease), by: worker)
        #expect(hub.take(worker).isEmpty)
        try hub.commit()
        #expect(hub.take(worker) == [.acknowledged(LeaseVerdict(lease: lease, verdict: .recorded))])
        let other = LeaseKey(sequence: 1, attempt: 2)
        try hub.say(.acknowledge(other), by: worker)
        #expect(hub.take(worker) == [.acknowledged(LeaseVerdict(lease: other, verdict: .stale))])
    }

    @Test("an acknowledged message whose worker dies is buried, whether or not the hub heard that it began")
    mutating func acknowledgedAndLost() throws {
        try hub.say(.submit(submission(2)), by: client)
        try hub.say(.credit(2), by: worker)
        try hub.settle()
        for sequence in [Int64(1), 2] {
            try hub.say(.acknowledge(LeaseKey(sequence: sequence, attempt: 1)), by: worker)
        }
        try hub.settle()
        try hub.wait(11_000)
        #expect(hub.store.deadLetters.map(\.message.sequence) == [1, 2])
        #expect(hub.core.messageCount == 0)
    }

    // MARK: Results

    @Test("a result is found by whoever asks later, over a restart, and on a new connection")
    mutating func resultLater() throws {
        try hub.end(delivery, .ok, "42", by: worker)
        try hub.settle()
        _ = hub.take(client)
        let ready = ClientReply.result(taskID: "task-1", status: .ready, body: Array("42".utf8))
        try hub.say(.resultWait(taskIDs: ["task-1", "nobody"]), by: client)
        try hub.settle()
        #expect(hub.take(client) == [ready, .result(taskID: "nobody", status: .unknown, body: [])])
        try hub.restart()
        client.reconnect()
        try hub.join(&client)
        try hub.say(.resultWait(taskIDs: ["task-1"]), by: client)
        try hub.settle()
        #expect(hub.take(client) == [ready])
    }

    @Test("who asks for a result that is being written gets it")
    mutating func resultOnItsWay() throws {
        var second = BenchClient(2)
        try hub.join(&second)
        try hub.end(delivery, .ok, "42", by: worker)
        try hub.say(.resultWait(taskIDs: ["task-1"]), by: second)
        #expect(hub.take(second).isEmpty)
        try hub.settle()
        #expect(hub.take(second).first == .result(taskID: "task-1", status: .ready, body: Array("42".utf8)))
    }

    @Test("who waits for a task before it is submitted is told in the end; who no longer waits is not")
    mutating func waitBefore() throws {
        var second = BenchClient(2)
        try hub.join(&second)
        try hub.say(.resultWait(taskIDs: ["task-2"]), by: second)
        try hub.say(.resultWait(taskIDs: ["task-2"]), by: client)
        try hub.settle()
        #expect(hub.take(second) == [.result(taskID: "task-2", status: .unknown, body: [])])
        try hub.say(.resultCancel(taskIDs: ["task-2"]), by: client)
        _ = hub.take(client)
        try hub.end(delivery, .noResult, by: worker)
        try hub.say(.submit(submission(2)), by: client)
        try hub.settle()
        try hub.end(hub.takeDeliveries(worker).last, .ok, "42", by: worker)
        try hub.settle()
        #expect(hub.take(second) == [.result(taskID: "task-2", status: .ready, body: Array("42".utf8))])
        #expect(!hub.take(client).contains { if case .result("task-2", .ready, _) = $0 { true } else { false } })
    }
}
