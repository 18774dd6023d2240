// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHub
import TaskiqHubProtocol
import Testing

@Suite("S4: what is somebody else's, guessed or old, is stale")
struct ForeignCommandTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var owner = BenchWorker(1)
    private var thief = BenchWorker(2)
    private var delivery: TaskDelivery?

    /// A message runs at one worker, and another worker knows everything about it.
    init() throws {
        hub = try HubBench()
        try hub.join(&client)
        try hub.join(&owner, credit: 1)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        delivery = hub.takeDeliveries(owner).first
        try hub.join(&thief, credit: 0)
        _ = hub.take(thief)
        _ = hub.take(client)
    }

    private var lease: LeaseKey { delivery?.lease ?? LeaseKey(sequence: 0, attempt: 0) }

    private func stale(_ lease: LeaseKey) -> WorkerReply {
        .completed([LeaseVerdict(lease: lease, verdict: .stale)])
    }

    /// The message is where it was, and its worker can still end it.
    private mutating func expectUnharmed() throws {
        #expect(hub.core.messageCount == 1)
        #expect(hub.store.deadLetters.isEmpty)
        #expect(try hub.store.results(of: ["task-1"]).isEmpty)
        try hub.end(delivery, .ok, "42", by: owner)
        try hub.settle()
        #expect(hub.take(owner).contains(.completed([LeaseVerdict(lease: lease, verdict: .recorded)])))
        #expect(try hub.store.results(of: ["task-1"]) == ["task-1": .intact(Array("42".utf8))])
    }

    @Test(
        "a worker cannot end another's task",
        arguments: [Completion.Outcome.ok, .error, .noResult, .requeue, .reject, .release]
    )
    mutating func complete(outcome: Completion.Outcome) throws {
        try hub.end(delivery, outcome, "stolen", by: thief)
        try hub.settle()
        #expect(hub.take(thief) == [stale(lease)])
        try expectUnharmed()
    }

    @Test("a success for a delivery that never was is refused", arguments: [Int32(0), -1, 2, 3, .max])
    mutating func guessedSuccess(attempt: Int32) throws {
        let guess = LeaseKey(sequence: lease.sequence, attempt: attempt)
        try hub.say(.complete(Completion(lease: guess, outcome: .ok, body: Array("stolen".utf8))), by: thief)
        try hub.settle()
        #expect(hub.take(thief) == [stale(guess)])
        try expectUnharmed()
    }

    @Test("a success that comes late counts for who had the delivery, and for nobody else")
    mutating func lateSuccess() throws {
        try hub.wait(15_000, heardFrom: [thief])
        #expect(hub.core.messageCount == 1)
        // Given up, and nobody has it.
        try hub.end(delivery, .ok, "stolen", by: thief)
        try hub.settle()
        #expect(hub.take(thief).contains(stale(lease)))
        thief.reconnect()
        thief.hello.inFlight = [lease]
        #expect(try hub.join(&thief, credit: 1)?.verdicts == [LeaseVerdict(lease: lease, verdict: .stale)])
        // Given to the other, who has the second delivery now and had not the first.
        try hub.settle()
        #expect(hub.takeDeliveries(thief).map(\.lease.attempt) == [2])
        try hub.end(delivery, .ok, "stolen", by: thief)
        try hub.settle()
        #expect(hub.take(thief) == [stale(lease)])
        // The one who had it comes back on a new connection, with its result.
        owner.reconnect()
        owner.hello.unconfirmed = [lease]
        try hub.join(&owner, credit: 1)
        _ = hub.take(owner)
        try hub.end(delivery, .ok, "42", by: owner)
        try hub.settle()
        #expect(hub.take(owner) == [.completed([LeaseVerdict(lease: lease, verdict: .recorded)])])
        #expect(try hub.store.results(of: ["task-1"]) == ["task-1": .intact(Array("42".utf8))])
    }

    @Test("a worker cannot end another's task without acknowledging it")
    mutating func unacknowledged() throws {
        for outcome in [Completion.Outcome.ok, .error, .noResult] {
            var completion = Completion(lease: lease, outcome: outcome, body: [1])
            completion.isUnacknowledged = true
            try hub.say(.complete(completion), by: thief)
            try hub.settle()
            #expect(hub.take(thief) == [stale(lease)])
        }
        try expectUnharmed()
    }

    @Test("a worker cannot acknowledge another's task")
    mutating func acknowledge() throws {
        try hub.say(.acknowledge(lease), by: thief)
        try hub.settle()
        #expect(hub.take(thief) == [.acknowledged(LeaseVerdict(lease: lease, verdict: .stale))])
        // Had it counted, the message would be a dead letter now.
        try hub.wait(60_000, heardFrom: [thief])
        #expect(hub.store.deadLetters.isEmpty)
        #expect(hub.core.messageCount == 1)
    }

    @Test("a worker cannot say that another's task began, or how far it is")
    mutating func startedAndProgress() throws {
        try hub.say(.started([lease]), by: thief)
        try hub.say(.progress(taskID: "task-1", ProgressReport(state: "stolen", meta: [])), by: thief)
        try hub.settle()
        try hub.say(.standing(taskID: "task-1"), by: client)
        try hub.settle()
        let standings = hub.take(client).compactMap { reply in
            if case .standing(let standing) = reply { standing } else { nil }
        }
        #expect(standings.count == 1)
        #expect(standings.first?.progress == nil)
        try expectUnharmed()
    }

    @Test("a worker that greets with another's deliveries does not get them")
    mutating func greeting() throws {
        thief.reconnect()
        thief.hello.inFlight = [lease]
        thief.hello.started = [lease]
        let welcome = try hub.join(&thief, credit: 0)
        #expect(welcome?.verdicts == [LeaseVerdict(lease: lease, verdict: .stale)])
        try expectUnharmed()
    }

    private static let commands: [WorkerCommand] = [
        .credit(100), .started([LeaseKey(sequence: 1, attempt: 1)]), .acknowledge(LeaseKey(sequence: 1, attempt: 1)),
        .complete(Completion(lease: LeaseKey(sequence: 1, attempt: 1), outcome: .ok, body: [1])),
        .progress(taskID: "task-1", ProgressReport(state: "x", meta: [])), .catalogue([], hash: "x"), .heartbeat, .bye,
    ]

    @Test("a worker's commands of another session, epoch or connection are answered with RESYNC", arguments: commands)
    mutating func wrongSession(command: WorkerCommand) throws {
        let (session, epoch) = (owner.session, owner.epoch)
        let wrong: [(UInt64, UInt64, PeerID)] = [
            (session + 1, epoch, owner.peer), (thief.session, epoch, owner.peer), (0, epoch, owner.peer),
            (session, epoch + 1, owner.peer), (session, 0, owner.peer), (session, epoch, thief.peer),
            (session, epoch, PeerID([9, 9])),
        ]
        for (session, epoch, peer) in wrong {
            try hub.tell(.worker(peer, Packet(command, session: session, epoch: epoch)))
            try hub.settle()
            var stranger = BenchWorker(3)
            stranger.peer = peer
            #expect(hub.take(stranger) == [.resync])
        }
        try expectUnharmed()
    }

    @Test("what a worker said is not heard again, when it is replayed from where it came")
    mutating func replayedCompletion() throws {
        let packet = Packet(
            WorkerCommand.complete(Completion(lease: lease, outcome: .requeue, body: Array("again".utf8))),
            session: owner.session,
            epoch: owner.epoch
        )
        try hub.tell(.worker(owner.peer, packet))
        try hub.settle()
        #expect(hub.core.messageCount == 1)
        for _ in 0..<3 { try hub.tell(.worker(owner.peer, packet)) }
        try hub.settle()
        #expect(hub.core.messageCount == 1, "the task was put back once")
        // Recorded by somebody, and sent from elsewhere or to the hub's next life, it is of another session.
        try hub.tell(.worker(PeerID([9]), packet))
        try hub.restart()
        try hub.tell(.worker(owner.peer, packet))
        try hub.settle()
        #expect(hub.core.messageCount == 1)
        #expect(hub.take(owner) == [.resync])
    }

    @Test("a submission that is replayed is the same message, or none")
    mutating func replayedSubmission() throws {
        let captured = Packet(ClientCommand.submit(submission(7)), session: client.session, epoch: client.epoch)
        try hub.tell(.client(client.peer, captured))
        try hub.settle()
        #expect(hub.core.messageCount == 2)
        try hub.tell(.client(client.peer, captured))
        try hub.settle()
        #expect(hub.core.messageCount == 2)
        // From another connection, and after a restart, the session is not the sender's.
        try hub.tell(.client(PeerID([9]), captured))
        try hub.settle()
        #expect(hub.core.messageCount == 2)
        try hub.restart()
        try hub.tell(.client(client.peer, captured))
        try hub.settle()
        #expect(hub.core.messageCount == 2)
        #expect(hub.take(client) == [.resync])
        // Within a session of the replayer's own, the key is remembered over the restart.
        try hub.join(&client)
        try hub.say(.submit(submission(7)), by: client)
        try hub.settle()
        #expect(hub.core.messageCount == 2)
    }

    @Test("a key of somebody else's submission takes no other message")
    mutating func keyReuse() throws {
        var other = BenchClient(2)
        try hub.join(&other)
        var stolen = submission(1)
        stolen.body = Array("another".utf8)
        try hub.say(.submit(stolen), by: other)
        try hub.settle()
        guard case .refused(let refusal)? = hub.take(other).last else {
            Issue.record("it was taken")
            return
        }
        #expect(refusal.code == .keyReuse)
        try expectUnharmed()
    }
}
