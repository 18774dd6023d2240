// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHubProtocol
import Testing

struct WorkerLinkTests {
    private var link: WorkerLink
    private let first = LeaseKey(sequence: 1, attempt: 1)
    private let second = LeaseKey(sequence: 2, attempt: 1)

    init() {
        let hello = WorkerHello(
            identity: SamplePackets.identity,
            application: "app",
            host: "host",
            processID: 1,
            queues: ["q"],
            concurrency: 1,
            catalogueHash: "h"
        )
        link = WorkerLink(hello: hello, catalogue: [7], credit: 3)
    }

    private func sent(_ effects: [WorkerLink.Effect]) -> [WorkerCommand] {
        effects.compactMap { if case .send(let packet) = $0 { packet.content } else { nil } }
    }

    private func delivered(_ effects: [WorkerLink.Effect]) -> [LeaseKey] {
        effects.compactMap { if case .deliver(let delivery) = $0 { delivery.lease } else { nil } }
    }

    private func hello(_ effects: [WorkerLink.Effect]) -> WorkerHello? {
        for case .hello(let hello) in sent(effects) { return hello }
        return nil
    }

    private mutating func hear(_ reply: WorkerReply, session: UInt64 = 1, epoch: UInt64 = 1) -> [WorkerLink.Effect] {
        link.handle(.packet(Packet(reply, session: session, epoch: epoch)), at: 0)
    }

    private mutating func open(
        _ verdicts: [LeaseVerdict] = [],
        session: UInt64 = 1,
        wantsCatalogue: Bool = false
    ) -> [WorkerLink.Effect] {
        _ = link.handle(.connected, at: 0)
        return hear(.welcome(WorkerWelcome(verdicts: verdicts, wantsCatalogue: wantsCatalogue)), session: session)
    }

    private func task(_ lease: LeaseKey) -> WorkerReply {
        .task(TaskDelivery(lease: lease, queue: "q", enqueuedAt: .epoch, isRedelivered: false, body: []))
    }

    private func verdict(_ lease: LeaseKey, _ verdict: LeaseVerdict.Verdict) -> LeaseVerdict {
        LeaseVerdict(lease: lease, verdict: verdict)
    }

    @Test("it asks for no more deliveries than it could name in a greeting")
    mutating func boundedCredit() {
        guard case .hello(let hello) = SamplePackets.workerCommands[0] else { return }
        link = WorkerLink(hello: hello, catalogue: [7], credit: .max)
        link.maximumBody = 1000
        #expect(sent(open()).contains(.credit(ProtocolLimits.maximumCredit(maximumBody: 1000))))
    }

    @Test("a delivery that is given back is not acknowledged after that")
    mutating func releasedBeforeAcknowledged() {
        _ = open()
        _ = hear(task(first))
        _ = link.handle(.connected, at: 0)
        #expect(sent(link.handle(.acknowledge(first), at: 0)).isEmpty)
        let effects = link.handle(.settle(Completion(lease: first, outcome: .release)), at: 0)
        guard case .acknowledged(first, isStored: false)? = effects.first else {
            Issue.record("whoever waits was not told: \(effects)")
            return
        }
        let said = sent(hear(.welcome(WorkerWelcome(verdicts: [verdict(first, .keep)], wantsCatalogue: false))))
        #expect(!said.contains(.acknowledge(first)))
        #expect(said.contains(.complete(Completion(lease: first, outcome: .release))))
    }

    @Test("after the welcome it offers its room, and its tasks if they are asked for")
    mutating func welcome() {
        #expect(sent(open()) == [.credit(3)])
        #expect(sent(open(wantsCatalogue: true)) == [.catalogue([7], hash: "h"), .credit(3)])
    }

    @Test("tasks that are learnt later are announced at once, and to each hub that does not know them")
    mutating func announcement() {
        _ = open()
        _ = hear(task(first))
        #expect(sent(link.handle(.announce(catalogue: [8], hash: "i"), at: 0)) == [.catalogue([8], hash: "i")])
        #expect(sent(link.handle(.announce(catalogue: [8], hash: "i"), at: 0)).isEmpty)
        // What is on its way stays so.
        let greeting = hear(.resync)
        #expect(hello(greeting)?.catalogueHash == "i")
        #expect(hello(greeting)?.inFlight == [first])
        // Learnt between the greeting and the welcome.
        #expect(sent(link.handle(.announce(catalogue: [9], hash: "j"), at: 0)).isEmpty)
        #expect(
            sent(hear(.welcome(WorkerWelcome(verdicts: [verdict(first, .keep)], wantsCatalogue: false)), session: 2))
                == [.catalogue([9], hash: "j"), .credit(3)]
        )
        #expect(sent(open([verdict(first, .keep)], session: 3)) == [.credit(3)])
        #expect(
            sent(open([verdict(first, .keep)], session: 4, wantsCatalogue: true))
                == [.catalogue([9], hash: "j"), .credit(3)]
        )
    }

    @Test("tasks are taken only from the session that is open, each once")
    mutating func sessions() {
        _ = open()
        #expect(delivered(hear(task(first))) == [first])
        #expect(delivered(hear(task(first))).isEmpty)
        #expect(delivered(hear(task(second), session: 2)).isEmpty)
        #expect(delivered(hear(task(second), epoch: 2)).isEmpty)
        // Between the greeting and the welcome the hub takes for lost what it sent before.
        _ = hear(.resync)
        #expect(delivered(hear(task(second))).isEmpty)
        #expect(sent(hear(.resync)).isEmpty)
    }

    @Test("a greeting names what is held, what of it has begun, and what is not confirmed")
    mutating func greeting() {
        _ = open()
        let third = LeaseKey(sequence: 3, attempt: 2)
        for lease in [first, second, third] { _ = hear(task(lease)) }
        _ = link.handle(.started([second, third]), at: 0)
        _ = link.handle(.settle(Completion(lease: third, outcome: .error)), at: 0)
        let hello = hello(hear(.resync))
        #expect(hello?.inFlight == [first, second])
        #expect(hello?.started == [second])
        #expect(hello?.unconfirmed == [third])
    }

    @Test("an outcome is repeated in each session until it is confirmed")
    mutating func outcomes() {
        _ = open()
        _ = hear(task(first))
        let completion = Completion(lease: first, outcome: .error, body: [1])
        #expect(sent(link.handle(.settle(completion), at: 0)) == [.complete(completion)])
        #expect(sent(link.handle(.settle(completion), at: 0)).isEmpty)
        #expect(sent(open([verdict(first, .keep)], session: 2)) == [.complete(completion), .credit(3)])
        #expect(!link.isSettled)
        _ = hear(.completed([verdict(first, .recorded)]), session: 2)
        #expect(link.isSettled)
        #expect(sent(open(session: 3)) == [.credit(3)])
    }

    @Test("what the hub has judged is forgotten, but a success is offered once more")
    mutating func staleOutcomes() {
        _ = open()
        let success = Completion(lease: second, outcome: .ok)
        for lease in [first, second] { _ = hear(task(lease)) }
        _ = link.handle(.settle(Completion(lease: first, outcome: .error)), at: 0)
        _ = link.handle(.settle(success), at: 0)
        let effects = open([verdict(first, .stale), verdict(second, .stale)], session: 2)
        #expect(sent(effects) == [.complete(success), .credit(3)])
        _ = hear(.completed([verdict(second, .stale)]), session: 2)
        #expect(link.isSettled)
    }

    @Test("what the hub wants kept and is not here any more is given back")
    mutating func keptInVain() {
        _ = open()
        _ = hear(task(first))
        _ = link.handle(.settle(Completion(lease: first, outcome: .release)), at: 0)
        #expect(hello(hear(.resync))?.unconfirmed == [first])
        // The answer to the release comes between the greeting and the welcome.
        _ = hear(.completed([verdict(first, .recorded)]))
        let effects = hear(.welcome(WorkerWelcome(verdicts: [verdict(first, .keep)], wantsCatalogue: false)))
        #expect(sent(effects) == [.complete(Completion(lease: first, outcome: .release)), .credit(3)])
    }

    @Test("an acknowledgement is repeated until it is answered, and before the outcome")
    mutating func acknowledgements() {
        _ = open()
        _ = hear(task(first))
        #expect(sent(link.handle(.acknowledge(first), at: 0)) == [.acknowledge(first)])
        let completion = Completion(lease: first, outcome: .error)
        _ = link.handle(.settle(completion), at: 0)
        let effects = open([verdict(first, .keep)], session: 2)
        #expect(sent(effects) == [.acknowledge(first), .complete(completion), .credit(3)])
        let answer = hear(.acknowledged(verdict(first, .recorded)), session: 2)
        guard case .acknowledged(first, isStored: true)? = answer.first else {
            Issue.record("\(answer)")
            return
        }
        #expect(hear(.acknowledged(verdict(first, .recorded)), session: 2).isEmpty)
    }

    @Test("an acknowledgement of a delivery that is lost is answered with no")
    mutating func lostAcknowledgement() {
        _ = open()
        _ = hear(task(first))
        _ = link.handle(.acknowledge(first), at: 0)
        let effects = open([verdict(first, .stale)], session: 2)
        #expect(effects.contains { if case .acknowledged(first, isStored: false) = $0 { true } else { false } })
        #expect(sent(effects) == [.credit(3)])
    }

    // MARK: Acknowledging after the end

    private func late(_ lease: LeaseKey) -> Completion {
        var completion = Completion(lease: lease, outcome: .ok, body: [1])
        completion.isUnacknowledged = true
        return completion
    }

    private func answers(_ effects: [WorkerLink.Effect]) -> [Bool] {
        effects.compactMap { if case .acknowledged(_, let isStored) = $0 { isStored } else { nil } }
    }

    @Test("a delivery whose task ended without acknowledging is named until it is acknowledged")
    mutating func acknowledgedLate() {
        _ = open()
        for lease in [first, second] { _ = hear(task(lease)) }
        #expect(sent(link.handle(.settle(late(first)), at: 0)) == [.complete(late(first))])
        #expect(hello(hear(.resync))?.unconfirmed == [first])
        #expect(sent(open([verdict(first, .keep)], session: 2)) == [.complete(late(first)), .credit(3)])
        _ = hear(.completed([verdict(first, .recorded)]), session: 2)
        #expect(hello(hear(.resync, session: 2))?.inFlight == [first, second])
        #expect(sent(open([verdict(first, .keep), verdict(second, .keep)], session: 3)) == [.credit(3)])
        #expect(sent(link.handle(.acknowledge(first), at: 0)) == [.acknowledge(first)])
        #expect(answers(hear(.acknowledged(verdict(first, .recorded)), session: 3)) == [true])
        #expect(hello(hear(.resync, session: 3))?.inFlight == [second])
    }

    @Test("what the hub gave to somebody else can no longer be acknowledged")
    mutating func acknowledgedTooLate() {
        _ = open()
        _ = hear(task(first))
        _ = link.handle(.settle(late(first)), at: 0)
        _ = hear(.completed([verdict(first, .recorded)]))
        _ = hear(.completed([verdict(first, .stale)]))
        let effects = link.handle(.acknowledge(first), at: 0)
        #expect(answers(effects) == [false])
        #expect(sent(effects).isEmpty)
        #expect(hello(hear(.resync))?.inFlight == [])
    }

    @Test(
        "an end that the acknowledgement brought about is one, even if its answer was lost",
        arguments: [true, false]
    )
    mutating func lostAnswer(hasEnded: Bool) {
        _ = open()
        _ = hear(task(first))
        if hasEnded {
            _ = link.handle(.settle(late(first)), at: 0)
            _ = hear(.completed([verdict(first, .recorded)]))
        }
        _ = link.handle(.acknowledge(first), at: 0)
        // Somebody else may have ended a message whose task has not: it must not run on the strength of that.
        #expect(answers(open([verdict(first, .already)], session: 2)) == [hasEnded])
    }

    @Test("the word that an acknowledgement is stored may cross the end of its task")
    mutating func crossing() {
        _ = open()
        _ = hear(task(first))
        _ = link.handle(.acknowledge(first), at: 0)
        #expect(answers(hear(.acknowledged(verdict(first, .recorded)))) == [true])
        let plain = Completion(lease: first, outcome: .ok, body: [1])
        #expect(sent(link.handle(.settle(late(first)), at: 0)) == [.complete(plain)])
        _ = hear(.completed([verdict(first, .recorded)]))
        #expect(hello(hear(.resync))?.inFlight == [])
    }

    @Test("a worker goes without waiting for acknowledgements that may never come")
    mutating func goodbyeUnacknowledged() {
        _ = open()
        _ = hear(task(first))
        _ = link.handle(.settle(late(first)), at: 0)
        _ = hear(.completed([verdict(first, .recorded)]))
        #expect(link.isSettled)
        #expect(sent(link.handle(.bye, at: 0)) == [.bye])
    }

    @Test("who stops listening offers no room, in any session")
    mutating func stopListening() {
        _ = open()
        #expect(sent(link.handle(.stopListening, at: 0)) == [.credit(0)])
        #expect(sent(open(session: 2)) == [.credit(0)])
    }

    @Test("goodbye is said when everything is confirmed, and what comes late is given back")
    mutating func goodbye() {
        _ = open()
        _ = hear(task(first))
        let completion = Completion(lease: first, outcome: .ok)
        _ = link.handle(.settle(completion), at: 0)
        #expect(sent(link.handle(.bye, at: 0)).isEmpty)
        let late = hear(task(second))
        #expect(delivered(late).isEmpty)
        #expect(sent(late) == [.complete(Completion(lease: second, outcome: .release))])
        #expect(sent(hear(.completed([verdict(first, .recorded)]))).isEmpty)
        #expect(sent(hear(.completed([verdict(second, .recorded)]))) == [.bye])
        // After the goodbye the hub gives it to somebody else.
        let later = LeaseKey(sequence: 3, attempt: 1)
        #expect(hear(task(later)).isEmpty)
        // A hub that does not know it any more is greeted, and told again.
        #expect(hello(hear(.resync))?.inFlight == [])
        let effects = hear(.welcome(WorkerWelcome(verdicts: [], wantsCatalogue: false)), session: 2)
        #expect(sent(effects).last == .bye)
        guard case .goodbye? = hear(.byeOK, session: 2).first else {
            Issue.record("no goodbye")
            return
        }
    }

    @Test("silence for 5 seconds, or a greeting without an answer for 5, and it tries a new socket")
    mutating func silence() {
        _ = open()
        #expect(sent(link.handle(.tick, at: 1000)) == [.heartbeat, .holding(oldest: nil)])
        let isReconnect = link.handle(.tick, at: 5000).contains { if case .reconnect = $0 { true } else { false } }
        #expect(isReconnect)
        // Nothing is said into the void; it is said after the next welcome.
        #expect(link.handle(.started([first]), at: 5000).isEmpty)
        _ = link.handle(.connected, at: 5100)
        #expect(link.handle(.tick, at: 10_099).isEmpty)
        #expect(link.handle(.tick, at: 10_100).count == 1)
    }

    @Test("a fenced task is ended when the hub was not heard for 8 seconds, however often a new socket was tried")
    mutating func fence() {
        _ = open()
        var delivery = TaskDelivery(
            lease: first,
            queue: "default",
            enqueuedAt: .epoch,
            isRedelivered: false,
            body: []
        )
        delivery.isFenced = true
        _ = link.handle(.packet(Packet(.task(delivery), session: 1, epoch: 1)), at: 100)
        func isEnded(_ effects: [WorkerLink.Effect]) -> Bool {
            effects.contains { if case .cancel(first, _) = $0 { true } else { false } }
        }
        #expect(!isEnded(link.handle(.tick, at: 5100)))
        #expect(!isEnded(link.handle(.connected, at: 5200)))
        #expect(!isEnded(link.handle(.tick, at: 8099)))
        #expect(isEnded(link.handle(.tick, at: 8100)))
        #expect(!isEnded(link.handle(.tick, at: 8200)))
    }

    @Test("a worker that is not wanted says nothing more")
    mutating func rejected() {
        _ = link.handle(.connected, at: 0)
        guard case .rejected("too old")? = hear(.reject(message: "too old")).first else {
            Issue.record("not rejected")
            return
        }
        #expect(link.handle(.connected, at: 1).isEmpty)
        #expect(link.handle(.tick, at: 100_000).isEmpty)
    }
}
