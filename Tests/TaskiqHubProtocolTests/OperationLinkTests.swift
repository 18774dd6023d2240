// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol
import Testing

/// Operations as the links of clients and workers see them.
struct OperationLinkTests {
    private var client = ClientLink(
        hello: ClientHello(identity: SamplePackets.identity, application: "app"),
        address: "here"
    )
    private let list = OperationCall(operation: HubOperation.listQueues.rawValue)
    private let subscribe = OperationCall(operation: HubOperation.subscribeEvents.rawValue)

    private func sent(_ effects: [ClientLink.Effect]) -> [Packet<ClientCommand>] {
        effects.compactMap { if case .send(let packet) = $0 { packet } else { nil } }
    }

    private func calls(_ effects: [ClientLink.Effect]) -> [UInt64] {
        sent(effects).compactMap { if case .call = $0.content { $0.correlation } else { nil } }
    }

    private func answers(_ effects: [ClientLink.Effect]) -> [UInt64: OperationReply?] {
        var answers: [UInt64: OperationReply?] = [:]
        for case .called(let id, let result) in effects { answers[id] = .some(try? result.get()) }
        return answers
    }

    private func failure(_ effects: [ClientLink.Effect]) -> TaskiqError? {
        for case .called(_, .failure(let error)) in effects { return error }
        return nil
    }

    private mutating func open(session: UInt64 = 1, at now: Int64 = 0) -> [ClientLink.Effect] {
        _ = client.handle(.connected, at: now)
        let welcome = ClientWelcome(maximumBody: 100, workersEndpoint: "")
        return client.handle(.packet(Packet(.welcome(welcome), session: session, epoch: 1)), at: now)
    }

    private mutating func hear(_ reply: ClientReply, correlation: UInt64 = 0) -> [ClientLink.Effect] {
        client.handle(.packet(Packet(reply, correlation: correlation, session: 1, epoch: 1)), at: 0)
    }

    @Test("a call waits for the session, is said once in it, and again in the next one until it is answered")
    mutating func repeated() {
        #expect(calls(client.handle(.call(id: 5, list, deadline: 9000), at: 0)).isEmpty)
        #expect(calls(open()) == [5])
        #expect(calls(client.handle(.call(id: 6, list, deadline: 9000), at: 0)) == [6])
        #expect(calls(open(session: 2)) == [5, 6])
        let reply = OperationReply(body: [1])
        #expect(answers(hear(.called(reply), correlation: 5)) == [5: reply])
        #expect(calls(open(session: 3)) == [6])
        // An answer to what nobody waits for, or to what was answered before, says nothing.
        #expect(answers(hear(.called(reply), correlation: 5)).isEmpty)
        #expect(answers(hear(.called(reply), correlation: 77)).isEmpty)
    }

    @Test("a call that is no longer waited for is not repeated")
    mutating func forgotten() {
        _ = open()
        _ = client.handle(.call(id: 5, list, deadline: 9000), at: 0)
        _ = client.handle(.forgetCall(id: 5), at: 0)
        #expect(calls(open(session: 2)).isEmpty)
    }

    @Test("a call ends when its time is over: unreachable without a session before, unknown with one")
    mutating func late() {
        _ = client.handle(.call(id: 5, list, deadline: 1000), at: 0)
        #expect(failure(client.handle(.tick, at: 999)) == nil)
        #expect(failure(client.handle(.tick, at: 1000))?.code == .unreachable)
        _ = open(at: 1000)
        _ = client.handle(.call(id: 6, list, deadline: 2000), at: 1000)
        #expect(failure(client.handle(.tick, at: 2000))?.code == .sendTimeout)
    }

    @Test("a client that is refused fails its calls, those before and those after")
    mutating func refused() {
        _ = client.handle(.connected, at: 0)
        _ = client.handle(.call(id: 5, list, deadline: 9000), at: 0)
        #expect(failure(hear(.reject(message: "too old")))?.code == .refused)
        #expect(failure(client.handle(.call(id: 6, list, deadline: 9000), at: 0))?.code == .refused)
    }

    @Test("what no frame can carry is refused here", arguments: ["", String(repeating: "x", count: 256), "a\nb"])
    mutating func unsayable(name: String) {
        _ = open()
        let effects = client.handle(.call(id: 5, OperationCall(operation: name), deadline: 9000), at: 0)
        #expect(failure(effects)?.code == .invalidArguments)
        let long = OperationCall(operation: "x", parameters: Array(repeating: 0x20, count: 101))
        #expect(failure(client.handle(.call(id: 6, long, deadline: 9000), at: 0))?.code == .invalidArguments)
    }

    @Test("a subscription is said again in every session until it is taken back")
    mutating func subscription() {
        _ = open()
        #expect(calls(client.handle(.call(id: 5, subscribe, deadline: 9000), at: 0)) == [5])
        _ = hear(.called(OperationReply(body: [])), correlation: 5)
        #expect(calls(open(session: 2)) == [5])
        var seen: [[UInt8]] = []
        for case .event(let body, 3) in hear(.event([1], dropped: 3)) { seen.append(body) }
        #expect(seen == [[1]])
        let stop = OperationCall(operation: HubOperation.unsubscribeEvents.rawValue)
        _ = client.handle(.call(id: 6, stop, deadline: 9000), at: 0)
        _ = hear(.called(OperationReply(body: [])), correlation: 6)
        #expect(calls(open(session: 3)).isEmpty)
    }

    // MARK: Workers

    @Test("a worker answers a ping with its number, cancels what it has, and is told to go")
    func worker() {
        guard case .hello(let hello) = SamplePackets.workerCommands[0] else { return }
        var link = WorkerLink(hello: hello, catalogue: [7], credit: 3)
        func hear(_ reply: WorkerReply, correlation: UInt64 = 0) -> [WorkerLink.Effect] {
            link.handle(.packet(Packet(reply, correlation: correlation, session: 1, epoch: 1)), at: 0)
        }
        _ = link.handle(.connected, at: 0)
        // Not before there is a session.
        #expect(hear(.ping, correlation: 1).isEmpty)
        _ = hear(.welcome(WorkerWelcome(verdicts: [], wantsCatalogue: false)))
        var pongs: [UInt64] = []
        for case .send(let packet) in hear(.ping, correlation: 42) where packet.content == .pong {
            pongs.append(packet.correlation)
        }
        #expect(pongs == [42])
        let lease = LeaseKey(sequence: 1, attempt: 1)
        #expect(hear(.cancel(lease, reason: "x")).isEmpty)
        _ = hear(.task(TaskDelivery(lease: lease, queue: "q", enqueuedAt: .epoch, isRedelivered: false, body: [])))
        var cancelled: [LeaseKey] = []
        for case .cancel(let lease, "x") in hear(.cancel(lease, reason: "x")) { cancelled.append(lease) }
        #expect(cancelled == [lease])
        _ = link.handle(.settle(Completion(lease: lease, outcome: .ok)), at: 0)
        #expect(hear(.cancel(lease, reason: "x")).isEmpty)
        guard case .drain? = hear(.drain).first else {
            Issue.record("not told to go")
            return
        }
    }
}
