// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

struct LostWorkerTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)
    private var second = BenchWorker(2)
    private let first = LeaseKey(sequence: 1, attempt: 1)

    /// A message at a worker; another worker looks on.
    init() throws {
        hub = try HubBench()
        try hub.join(&client)
        try hub.join(&worker, credit: 1)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).count == 1)
        try hub.join(&second, credit: 1)
        try hub.settle()
    }

    private var letters: [String] { hub.store.deadLetters.map(\.reason) }

    @Test("a worker that cannot be reached is given up after 2 seconds", arguments: [true, false])
    mutating func unreachable(hasStarted: Bool) throws {
        if hasStarted { try hub.say(.started([first]), by: worker) }
        try hub.tell(.unreachable(worker.peer, .back))
        #expect(hub.core.nextDeadline <= hub.uptime + 2000)
        try hub.wait(1500, heardFrom: [second])
        #expect(hub.takeDeliveries(second).isEmpty)
        try hub.wait(500, heardFrom: [second])
        let delivery = hub.takeDeliveries(second).first
        #expect(delivery?.lease == LeaseKey(sequence: 1, attempt: 2))
        // Counted even if the word that it began was not heard: it went with the process, perhaps.
        #expect(delivery?.isRedelivered == true)
    }

    @Test("a worker that is silent for 10 seconds is given up")
    mutating func silent() throws {
        try hub.wait(9500, heardFrom: [second])
        #expect(hub.takeDeliveries(second).isEmpty)
        try hub.wait(500, heardFrom: [second])
        #expect(hub.takeDeliveries(second).count == 1)
        try hub.say(.heartbeat, by: worker)
        #expect(hub.take(worker).last == .resync)
    }

    @Test("a worker that says something every now and then is kept, however long its task runs")
    mutating func alive() throws {
        try hub.wait(600_000, heardFrom: [worker, second])
        #expect(hub.takeDeliveries(second).isEmpty)
    }

    @Test("what was lost on the way to a worker that is alive is found when it greets anew")
    mutating func fullQueue() throws {
        // The network could not take a frame: nobody knows which.
        try hub.tell(.unreachable(worker.peer, .back))
        _ = hub.take(worker)
        try hub.say(.heartbeat, by: worker)
        #expect(hub.take(worker) == [.resync])
        let welcome = try hub.join(&worker, credit: 1)
        #expect(welcome?.verdicts.isEmpty == true)
        try hub.settle()
        let again = hub.takeDeliveries(worker) + hub.takeDeliveries(second)
        #expect(again.map(\.lease) == [LeaseKey(sequence: 1, attempt: 2)])
    }

    @Test("what a worker reports while it is sought still counts")
    mutating func reportsWhileGone() throws {
        try hub.tell(.unreachable(worker.peer, .back))
        try hub.say(.complete(Completion(lease: first, outcome: .ok, body: [1])), by: worker)
        try hub.settle()
        #expect(hub.take(worker).contains(.completed([LeaseVerdict(lease: first, verdict: .recorded)])))
        #expect(hub.core.messageCount == 0)
    }

    @Test("a worker whose program stopped for a while may go on if nobody else has begun")
    mutating func backInTime() throws {
        try hub.say(.credit(0), by: second)
        try hub.say(.started([first]), by: worker)
        try hub.wait(10_500, heardFrom: [second])
        worker.hello.inFlight = [first]
        worker.hello.started = [first]
        #expect(try hub.join(&worker, credit: 1)?.verdicts == [LeaseVerdict(lease: first, verdict: .keep)])
        try hub.say(.credit(1), by: second)
        try hub.settle()
        #expect(hub.takeDeliveries(second).isEmpty)
        try hub.end(delivery(first), .error, by: worker)
        try hub.settle()
        #expect(hub.core.messageCount == 0)
    }

    // MARK: What had begun

    @Test(
        "where the machine remembers what a lost worker had begun, that counts, and nothing else",
        arguments: [true, false]
    )
    mutating func begun(hasBegun: Bool) throws {
        hub.begun[worker.hello.identity] = hasBegun ? [first] : []
        // The word that it began may have come from a run that ended with the process before its end was told.
        if !hasBegun { try hub.say(.started([first]), by: worker) }
        try hub.tell(.unreachable(worker.peer, .back))
        try hub.wait(2000, heardFrom: [second])
        #expect(hub.takeDeliveries(second).first?.isRedelivered == hasBegun)
        #expect(hub.begun.isEmpty)
    }

    @Test("and so it does for workers of the hub's last life", arguments: [true, false])
    mutating func begunBeforeTheRestart(hasBegun: Bool) throws {
        hub.begun[worker.hello.identity] = hasBegun ? [first] : []
        try hub.restart()
        try hub.join(&second, credit: 1)
        try hub.wait(15_000, heardFrom: [second])
        #expect(hub.takeDeliveries(second).first?.isRedelivered == hasBegun)
        #expect(hub.begun.isEmpty)
    }

    @Test("a hub that dies before it has stored what a worker had begun finds it again")
    mutating func begunBeforeTheCommit() throws {
        hub.begun[worker.hello.identity] = []
        try hub.tell(.unreachable(worker.peer, .back))
        try hub.tick(2000)
        // What was decided is lost with the hub.
        try hub.restart()
        try hub.join(&second, credit: 1)
        try hub.wait(15_000, heardFrom: [second])
        let delivery = hub.takeDeliveries(second).first
        #expect(delivery?.lease == LeaseKey(sequence: 1, attempt: 2))
        #expect(delivery?.isRedelivered == false)
    }

    // MARK: Poison

    /// The message is with one of two workers, has begun, and that worker dies; another one takes its place.
    private mutating func crash(_ attempt: Int32) throws {
        var next = attempt % 2 == 1 ? worker : second
        try hub.say(.started([LeaseKey(sequence: 1, attempt: attempt)]), by: next)
        try hub.tell(.unreachable(next.peer, .back))
        try hub.wait(2000, heardFrom: [attempt % 2 == 1 ? second : worker])
        next = BenchWorker(UInt8(10 + attempt))
        try hub.join(&next, credit: 1)
        try hub.settle()
        if attempt % 2 == 1 { worker = next } else { second = next }
    }

    @Test("a task that ends its worker three times is a dead letter; between, it waits 0 and 5 seconds")
    mutating func poison() throws {
        try hub.say(.resultWait(taskIDs: ["task-1"]), by: client)
        try crash(1)
        #expect(hub.takeDeliveries(second).map(\.lease.attempt) == [2])
        try crash(2)
        #expect(hub.takeDeliveries(worker).isEmpty)
        try hub.wait(4500, heardFrom: [worker, second])
        #expect(hub.takeDeliveries(worker).isEmpty)
        try hub.wait(500, heardFrom: [worker, second])
        let last = hub.takeDeliveries(worker) + hub.takeDeliveries(second)
        #expect(last.map(\.lease.attempt) == [3])
        #expect(last.first?.isRedelivered == true)
        #expect(letters.isEmpty)
        try crash(3)
        #expect(letters == ["poison: 3 workers died while they ran it"])
        guard case .result("task-1", .ready, let body)? = hub.take(client).last else {
            Issue.record("nobody was told")
            return
        }
        #expect(String(decoding: body, as: UTF8.self).contains("poison"))
    }

    /// The delivery that runs, who has it, and who looks on.
    private func findRun() throws -> (lease: LeaseKey, holder: BenchWorker, other: BenchWorker) {
        let entry = try #require(Array(hub.core.messages.values).first)
        let isWorkers = try #require(entry.lease).worker == worker.hello.identity
        let lease = LeaseKey(sequence: entry.sequence, attempt: entry.attempt)
        return (lease, isWorkers ? worker : second, isWorkers ? second : worker)
    }

    @Test(
        "a task that is put back between two crashes takes them along, over a restart of the hub too",
        arguments: [true, false]
    )
    mutating func poisonPutBack(restarts: Bool) throws {
        try crash(1)
        for number in UInt8(1)...2 {
            let tired = try findRun()
            try hub.say(.complete(Completion(lease: tired.lease, outcome: .requeue, body: [1])), by: tired.holder)
            try hub.settle()
            if restarts {
                try hub.restart()
                try hub.join(&worker, credit: 1)
                try hub.join(&second, credit: 1)
                try hub.settle()
            }
            let run = try findRun()
            #expect(run.lease.sequence > tired.lease.sequence)
            try hub.say(.started([run.lease]), by: run.holder)
            try hub.tell(.unreachable(run.holder.peer, .back))
            try hub.wait(2000, heardFrom: [run.other])
            worker = run.other
            second = BenchWorker(20 + number)
            try hub.join(&second, credit: 1)
            try hub.wait(5000, heardFrom: [worker, second])
        }
        #expect(letters == ["poison: 3 workers died while they ran it"])
    }

    @Test("after the third crash of four, it waits 30 seconds")
    mutating func longBackOff() throws {
        var configuration = HubConfiguration()
        configuration.crashLimit = 4
        hub = try HubBench(configuration: configuration)
        worker = BenchWorker(1)
        second = BenchWorker(2)
        try hub.join(&client)
        try hub.join(&worker, credit: 1)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        try hub.join(&second, credit: 1)
        try crash(1)
        try crash(2)
        try hub.wait(5000, heardFrom: [worker, second])
        // Whoever was given the third delivery dies.
        for peer in [worker, second] where !hub.takeDeliveries(peer).isEmpty {
            try hub.say(.started([LeaseKey(sequence: 1, attempt: 3)]), by: peer)
            try hub.tell(.unreachable(peer.peer, .back))
        }
        try hub.wait(2000)
        var third = BenchWorker(3)
        try hub.join(&third, credit: 1)
        try hub.wait(29_500, heardFrom: [third])
        #expect(hub.takeDeliveries(third).isEmpty)
        try hub.wait(1000, heardFrom: [third])
        #expect(hub.takeDeliveries(third).map(\.lease.attempt) == [4])
    }

    @Test("one delivery is one crash, however often its worker was given up and came back")
    mutating func countedOnce() throws {
        try hub.say(.credit(0), by: second)
        worker.hello.inFlight = [first]
        worker.hello.started = [first]
        for _ in 1...4 {
            try hub.join(&worker, credit: 1)
            try hub.wait(10_500, heardFrom: [second])
        }
        #expect(letters.isEmpty)
        try hub.say(.credit(1), by: second)
        try hub.settle()
        #expect(hub.takeDeliveries(second).map(\.lease.attempt) == [2])
    }

    @Test("nor if the hub began a new life between")
    mutating func countedOnceOverRestart() throws {
        try hub.say(.credit(0), by: second)
        try hub.say(.started([first]), by: worker)
        try hub.wait(10_500, heardFrom: [second])
        try hub.restart()
        worker.hello.inFlight = [first]
        worker.hello.started = [first]
        try hub.join(&worker, credit: 1)
        try hub.wait(10_500)
        second = BenchWorker(3)
        try hub.join(&second, credit: 1)
        try hub.settle()
        // A second crash would have to wait.
        #expect(hub.takeDeliveries(second).map(\.lease.attempt) == [2])
    }

    // MARK: Greeting again

    @Test("a greeting that does not name a delivery gives it back, uncounted")
    mutating func unnamed() throws {
        try hub.say(.started([first]), by: worker)
        worker.reconnect()
        #expect(try hub.join(&worker, credit: 0)?.verdicts.isEmpty == true)
        try hub.settle()
        let delivery = hub.takeDeliveries(second).first
        #expect(delivery?.lease.attempt == 2)
        #expect(delivery?.isRedelivered == false)
    }

    @Test("the welcome comes after what was decided is on disk")
    mutating func welcomeAfterCommit() throws {
        worker.reconnect()
        try hub.greet(worker)
        #expect(hub.take(worker).isEmpty)
        try hub.commit()
        #expect(hub.take(worker).count == 1)
    }

    @Test("of what a greeting names, the hub knows what to keep, what is over and what others have")
    mutating func verdicts() throws {
        try hub.say(.submit(submission(2)), by: client)
        try hub.settle()
        #expect(hub.takeDeliveries(second).count == 1)
        worker.hello.inFlight = [first, LeaseKey(sequence: 2, attempt: 1), LeaseKey(sequence: 1, attempt: 0)]
        worker.hello.unconfirmed = [LeaseKey(sequence: 99, attempt: 1)]
        let welcome = try hub.join(&worker, credit: 1)
        #expect(welcome?.verdicts.map(\.verdict) == [.keep, .stale, .stale, .already])
    }

    @Test("a delivery that could not be sent goes to another worker at once, and counts for nothing")
    mutating func undelivered() throws {
        try hub.tell(.unreachable(worker.peer, .back))
        try hub.tell(.undelivered(first, worker.peer))
        try hub.settle()
        let delivery = hub.takeDeliveries(second).first
        #expect(delivery?.lease == LeaseKey(sequence: 1, attempt: 2))
        #expect(delivery?.isRedelivered == false)
        // Said of a delivery that is over, it means nothing.
        try hub.tell(.undelivered(first, second.peer))
        try hub.settle()
        #expect(hub.take(worker).isEmpty && hub.take(second).isEmpty)
    }

    @Test("what a worker holds beyond what it runs at a time counts for nothing, even if it greeted between")
    mutating func bystander() throws {
        worker.hello.inFlight = [first]
        worker.reconnect()
        try hub.join(&worker, credit: 2)
        for key: UInt8 in [2, 3] { try hub.say(.submit(submission(key)), by: client) }
        try hub.settle()
        let other = hub.takeDeliveries(second).first
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [3])
        try hub.wait(10_500, heardFrom: [second])
        try hub.end(other, .ok, by: second)
        try hub.settle()
        let run = hub.takeDeliveries(second).first
        #expect(run?.lease.sequence == 1 && run?.isRedelivered == true)
        try hub.end(run, .ok, by: second)
        try hub.settle()
        let bystander = hub.takeDeliveries(second).first
        #expect(bystander?.lease.sequence == 3 && bystander?.isRedelivered == false)
    }

    @Test("a worker that says goodbye leaves nothing behind")
    mutating func goodbye() throws {
        try hub.say(.bye, by: worker)
        #expect(hub.take(worker).isEmpty)
        try hub.settle()
        #expect(hub.take(worker) == [.byeOK])
        #expect(hub.takeDeliveries(second).map(\.lease.attempt) == [2])
    }

    // MARK: The hub's own troubles

    @Test("after a restart a worker that comes back keeps what it runs")
    mutating func adoption() throws {
        try hub.restart()
        try hub.join(&second, credit: 1)
        try hub.wait(14_000, heardFrom: [second])
        worker.hello.inFlight = [first]
        worker.hello.started = [first]
        #expect(try hub.join(&worker, credit: 1)?.verdicts == [LeaseVerdict(lease: first, verdict: .keep)])
        try hub.wait(10_000, heardFrom: [worker, second])
        #expect(hub.takeDeliveries(second).isEmpty)
        try hub.end(delivery(first), .ok, "42", by: worker)
        try hub.settle()
        #expect(hub.core.messageCount == 0)
    }

    @Test("after a restart a worker that does not come back within 15 seconds has lost what it ran")
    mutating func adoptionEnds() throws {
        try hub.restart()
        try hub.join(&second, credit: 1)
        try hub.wait(14_500, heardFrom: [second])
        #expect(hub.takeDeliveries(second).isEmpty)
        try hub.wait(500, heardFrom: [second])
        let delivery = hub.takeDeliveries(second).first
        #expect(delivery?.lease.attempt == 2)
        // Nobody knows whether it had begun.
        #expect(delivery?.isRedelivered == true)
    }

    @Test("after a restart a worker that did not receive what was given to it gives it back at once")
    mutating func neverSent() throws {
        try hub.restart()
        try hub.join(&worker, credit: 1)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.attempt) == [2])
    }

    @Test("a hub that slept has heard of nobody, and gives up nobody for it")
    mutating func amnesty() throws {
        hub.sleep(60_000)
        try hub.tell(.tick)
        try hub.wait(9000, heardFrom: [second])
        #expect(hub.takeDeliveries(second).isEmpty)
        try hub.wait(1500, heardFrom: [second])
        #expect(hub.takeDeliveries(second).count == 1)
    }

    @Test("a sleep moves the end of the grace after a restart, too")
    mutating func amnestyOfGrace() throws {
        try hub.restart()
        hub.sleep(60_000)
        try hub.join(&second, credit: 1)
        try hub.wait(14_000, heardFrom: [second])
        #expect(hub.takeDeliveries(second).isEmpty)
    }

    @Test("a peer that sends three malformed frames is shown out")
    mutating func strikes() throws {
        for count in 1...3 {
            try hub.tell(.malformed(worker.peer, .back, reason: "noise"))
            #expect(hub.take(worker) == [.error(message: "noise")])
            #expect(hub.takeDeliveries(second).isEmpty == (count < 3 || hub.group != nil))
        }
        try hub.settle()
        #expect(hub.takeDeliveries(second).count == 1)
        try hub.say(.heartbeat, by: worker)
        #expect(hub.take(worker) == [.resync])
        // Once it has greeted anew, it starts anew.
        try hub.join(&worker, credit: 1)
        try hub.tell(.malformed(worker.peer, .back, reason: "noise"))
        try hub.say(.heartbeat, by: worker)
        #expect(hub.take(worker) == [.error(message: "noise")])
        for _ in 1...3 { try hub.tell(.malformed(client.peer, .front, reason: "noise")) }
        try hub.say(.heartbeat, by: client)
        #expect(hub.take(client).last == .resync)
    }

    @Test("people are told of a peer's malformed frames once a minute, however many there are")
    mutating func noticesOfStrikes() throws {
        func complaints() -> Int {
            hub.notices.count { notice in
                if case .peerProblem(let text) = notice { text.contains("no frame of this protocol") } else { false }
            }
        }
        for number in 1...1000 { try hub.tell(.malformed(client.peer, .front, reason: "noise \(number)")) }
        #expect(complaints() == 1)
        try hub.wait(60_000, heardFrom: [worker, second])
        try hub.tell(.malformed(client.peer, .front, reason: "noise"))
        #expect(complaints() == 2)
    }

    @Test("a frame of a later version is answered, and passed over")
    mutating func unknownOpcodes() throws {
        _ = hub.take(client)
        for number in 1...10 as ClosedRange<UInt64> {
            let header = FrameHeader(nil, correlation: number)
            try hub.tell(.notUnderstood(client.peer, .front, header, reason: "opcode 238 is not known"))
            #expect(hub.take(client) == [.error(message: "opcode 238 is not known")])
            try hub.tell(.notUnderstood(worker.peer, .back, header, reason: "opcode 238 is not known"))
            #expect(hub.take(worker) == [.error(message: "opcode 238 is not known")])
        }
        try hub.say(.heartbeat, by: client)
        #expect(hub.take(client).last == .heartbeat)
        try hub.say(.heartbeat, by: worker)
        #expect(!hub.take(worker).contains(.resync))
    }

    @Test("a submission with a bad field is refused under its own number, and ends nothing")
    mutating func badSubmissions() throws {
        for number in 1...10 as ClosedRange<UInt64> {
            let header = FrameHeader(.submit, correlation: number, session: client.session, epoch: client.epoch)
            try hub.tell(.notUnderstood(client.peer, .front, header, reason: "no queue"))
            let answer = try #require(hub.takePackets(client).last)
            #expect(answer.content == .refused(SubmitRefusal(code: .bad, message: "no queue")))
            #expect(answer.correlation == number && answer.session == client.session && answer.epoch == client.epoch)
        }
        let foreign = FrameHeader(.submit, correlation: 7, session: client.session + 99, epoch: client.epoch)
        try hub.tell(.notUnderstood(client.peer, .front, foreign, reason: "no queue"))
        #expect(hub.take(client) == [.resync])
        try hub.say(.heartbeat, by: client)
        #expect(hub.take(client).last == .heartbeat)
    }

    @Test("a worker of another version is refused")
    mutating func version() throws {
        var stranger = BenchWorker(3)
        stranger.hello.protocolMinimum = 7
        stranger.hello.protocolMaximum = 9
        try hub.greet(stranger)
        guard case .reject(let message)? = hub.take(stranger).first else {
            Issue.record("not rejected")
            return
        }
        #expect(message.contains("versions 7 to 9"))
    }

    @Test("while the hub stops it gives nothing away, takes what ends, and is over when all is on disk")
    mutating func drain() throws {
        try hub.say(.submit(submission(2)), by: client)
        try hub.tell(.drain)
        #expect(!hub.core.isOver)
        try hub.settle()
        #expect(hub.core.isOver)
        try hub.end(delivery(first), .ok, "42", by: worker)
        #expect(!hub.core.isOver)
        try hub.settle()
        #expect(hub.take(worker).last == .completed([LeaseVerdict(lease: first, verdict: .recorded)]))
        #expect(hub.takeDeliveries(worker).isEmpty)
        #expect(hub.core.isOver)
    }

    @Test("a store that fails ends the hub's life: nothing that hangs on the group is said, and nothing after it")
    mutating func storeFailure() throws {
        try hub.say(.submit(submission(2)), by: client)
        _ = hub.take(client)
        try hub.tell(.storeFailed("the disk is broken"))
        #expect(hub.haltReason == "the disk is broken")
        #expect(hub.core.isOver)
        try hub.commit()
        try hub.say(.heartbeat, by: client)
        #expect(hub.take(client).isEmpty)
        #expect(hub.takeDeliveries(second).isEmpty)
    }

    private func delivery(_ lease: LeaseKey) -> TaskDelivery {
        TaskDelivery(lease: lease, queue: "default", enqueuedAt: .epoch, isRedelivered: false, body: [])
    }
}
