// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHubProtocol
import Testing

struct ClientLinkTests {
    private var link = ClientLink(
        hello: ClientHello(identity: SamplePackets.identity, application: "app"),
        address: "here"
    )

    /// What was sent of some effects, in order.
    private func sent(_ effects: [ClientLink.Effect]) -> [ClientCommand] {
        effects.compactMap { if case .send(let packet) = $0 { packet.content } else { nil } }
    }

    private func packets(_ effects: [ClientLink.Effect]) -> [Packet<ClientCommand>] {
        effects.compactMap { if case .send(let packet) = $0 { packet } else { nil } }
    }

    private func isReconnect(_ effects: [ClientLink.Effect]) -> Bool {
        effects.contains { if case .reconnect = $0 { true } else { false } }
    }

    /// The error, if any, with which a submission ended.
    private func failure(_ effects: [ClientLink.Effect]) -> TaskiqError? {
        for case .submitted(_, .failure(let error)) in effects { return error }
        return nil
    }

    private mutating func open(session: UInt64 = 1, epoch: UInt64 = 1, at now: Int64 = 0) -> [ClientLink.Effect] {
        _ = link.handle(.connected, at: now)
        return welcome(session: session, epoch: epoch, at: now)
    }

    private mutating func welcome(session: UInt64, epoch: UInt64, at now: Int64 = 0) -> [ClientLink.Effect] {
        let welcome = ClientWelcome(maximumBody: 100, workersEndpoint: "")
        return link.handle(.packet(Packet(.welcome(welcome), session: session, epoch: epoch)), at: now)
    }

    private func submission(_ key: UInt8, bytes: Int = 3) -> Submission {
        let key = PeerIdentity(Array(repeating: key, count: 16)) ?? SamplePackets.identity
        return Submission(key: key, queue: "q", taskName: "t", taskID: "i", body: Array(repeating: 1, count: bytes))
    }

    @Test("it greets, and what was asked before the welcome is sent after it")
    mutating func greeting() {
        #expect(sent(link.handle(.submit(id: 5, submission(1), deadline: 9000), at: 0)).isEmpty)
        #expect(sent(link.handle(.wait(taskID: "i"), at: 0)).isEmpty)
        guard case .hello? = sent(link.handle(.connected, at: 0)).first else {
            Issue.record("no greeting")
            return
        }
        let packets = packets(welcome(session: 3, epoch: 4))
        #expect(packets.map(\.content) == [.submit(submission(1)), .resultWait(taskIDs: ["i"])])
        #expect(packets.map(\.session) == [3, 3])
        #expect(packets.map(\.epoch) == [4, 4])
        #expect(packets.first?.correlation == 5)
    }

    private func receipt(_ sequence: Int64, of id: UInt64, isDuplicate: Bool = false) -> Packet<ClientReply> {
        Packet(.submitted([SubmitReceipt(correlation: id, sequence: sequence, isDuplicate: isDuplicate)]))
    }

    @Test("a submission is sent once per session, and again in the next one until it is answered")
    mutating func repeats() {
        _ = open()
        #expect(sent(link.handle(.submit(id: 1, submission(1), deadline: 60_000), at: 0)) == [.submit(submission(1))])
        #expect(sent(link.handle(.tick, at: 500)).isEmpty)
        // The hub began a new life, which counts its sessions from 1 again.
        guard case .hello? = sent(link.handle(.packet(Packet(.resync, epoch: 2)), at: 600)).first else {
            Issue.record("no greeting")
            return
        }
        #expect(sent(welcome(session: 1, epoch: 2, at: 700)) == [.submit(submission(1))])
        let answer = receipt(8, of: 1, isDuplicate: true)
        let effects = link.handle(.packet(answer), at: 800)
        guard case .submitted(1, .success(8))? = effects.first else {
            Issue.record("\(effects)")
            return
        }
        #expect(link.handle(.packet(answer), at: 900).isEmpty)
        // Told with the next heartbeat.
        #expect(sent(link.handle(.tick, at: 901)).isEmpty)
        #expect(sent(link.handle(.tick, at: 1700)) == [.heartbeat, .answered(below: 2)])
        #expect(sent(link.handle(.tick, at: 1701)).isEmpty)
        #expect(sent(open(session: 2, epoch: 2, at: 1800)).isEmpty)
    }

    @Test("no more than the window is on its way")
    mutating func window() {
        _ = open()
        var count = 0
        for id in 0..<LinkTiming.window + 100 {
            count += sent(link.handle(.submit(id: UInt64(id), submission(1), deadline: 60_000), at: 0)).count
        }
        #expect(count == LinkTiming.window)
        let answer = receipt(1, of: 0)
        #expect(sent(link.handle(.packet(answer), at: 1)).count == 1)
    }

    @Test("a refusal that asks to come back later is obeyed; any other is an error")
    mutating func refusals() {
        _ = open()
        _ = link.handle(.submit(id: 1, submission(1), deadline: 60_000), at: 0)
        let full = SubmitRefusal(code: .full, message: "full", retryAfter: 1000)
        #expect(link.handle(.packet(Packet(.refused(full), correlation: 1)), at: 10).isEmpty)
        #expect(sent(link.handle(.tick, at: 900)).isEmpty)
        #expect(sent(link.handle(.tick, at: 1010)).contains(.submit(submission(1))))
        let bad = SubmitRefusal(code: .keyReuse, message: "reused")
        #expect(failure(link.handle(.packet(Packet(.refused(bad), correlation: 1)), at: 20))?.code == .sendTask)
    }

    @Test("whoever waits too long is told whether a hub was ever there")
    mutating func deadlines() {
        _ = link.handle(.submit(id: 1, submission(1), deadline: 1000), at: 0)
        #expect(failure(link.handle(.tick, at: 999)) == nil)
        #expect(failure(link.handle(.tick, at: 1000))?.code == .unreachable)
        _ = open(at: 1000)
        _ = link.handle(.submit(id: 2, submission(1), deadline: 2000), at: 1000)
        #expect(failure(link.handle(.tick, at: 2000))?.code == .sendTimeout)
    }

    @Test("what cannot travel is refused here: too large, or a name that is none")
    mutating func refusedHere() {
        _ = open()
        #expect(
            failure(link.handle(.submit(id: 1, submission(1, bytes: 101), deadline: 9000), at: 0))?.code == .sendTask
        )
        for name in ["", "a\nb", String(repeating: "x", count: 256)] {
            var bad = submission(1)
            bad.taskID = name
            let effects = link.handle(.submit(id: 2, bad, deadline: 9000), at: 0)
            #expect(failure(effects)?.code == .sendTask)
            #expect(sent(effects).isEmpty)
            let answer = link.handle(.wait(taskID: name), at: 0)
            guard case .result(name, .unknown, _)? = answer.first else {
                Issue.record("\(answer)")
                return
            }
        }
        #expect(sent(open(session: 2)).isEmpty)
    }

    @Test("silence for 5 seconds, or a greeting without an answer for 5, and it tries a new socket")
    mutating func silence() {
        _ = open()
        #expect(sent(link.handle(.tick, at: 1000)) == [.heartbeat])
        _ = link.handle(.packet(Packet(.heartbeat)), at: 1100)
        #expect(!isReconnect(link.handle(.tick, at: 6099)))
        #expect(isReconnect(link.handle(.tick, at: 6100)))
        #expect(!link.isOpen)
        _ = link.handle(.connected, at: 6200)
        #expect(!isReconnect(link.handle(.tick, at: 11_199)))
        #expect(isReconnect(link.handle(.tick, at: 11_200)))
    }

    @Test("a result is told once; what nobody waits for is not asked again")
    mutating func results() {
        _ = open()
        #expect(sent(link.handle(.wait(taskID: "i"), at: 0)) == [.resultWait(taskIDs: ["i"])])
        #expect(sent(link.handle(.wait(taskID: "j"), at: 0)) == [.resultWait(taskIDs: ["j"])])
        #expect(sent(link.handle(.cancelWait(taskID: "j"), at: 0)) == [.resultCancel(taskIDs: ["j"])])
        let pending = Packet(ClientReply.result(taskID: "i", status: .pending, body: []))
        #expect(link.handle(.packet(pending), at: 1).count == 1)
        #expect(sent(open(session: 2)) == [.resultWait(taskIDs: ["i"])])
        let ready = Packet(ClientReply.result(taskID: "i", status: .ready, body: [1]))
        #expect(link.handle(.packet(ready), at: 1).count == 1)
        #expect(link.handle(.packet(ready), at: 1).isEmpty)
        #expect(sent(open(session: 3)).isEmpty)
    }

    @Test("a question is asked anew until it is answered, and an answer is told once")
    mutating func questions() {
        _ = open()
        #expect(sent(link.handle(.ask(taskID: "i"), at: 0)) == [.standing(taskID: "i")])
        #expect(sent(open(session: 2)) == [.standing(taskID: "i")])
        let standing = TaskStanding(taskID: "i", status: .pending, progress: ProgressReport(state: "half"))
        guard case .standing(standing)? = link.handle(.packet(Packet(.standing(standing))), at: 1).first else {
            Issue.record("no answer")
            return
        }
        #expect(link.handle(.packet(Packet(.standing(standing))), at: 1).isEmpty)
        #expect(sent(open(session: 3)).isEmpty)
        // An id that cannot travel belongs to no task.
        guard case .standing(let none)? = link.handle(.ask(taskID: "a\nb"), at: 1).first else {
            Issue.record("no answer")
            return
        }
        #expect(none == TaskStanding(taskID: "a\nb", status: .unknown))
        #expect(sent(link.handle(.dropResult(taskID: "i"), at: 1)) == [.resultDrop(taskIDs: ["i"])])
        #expect(sent(link.handle(.dropResult(taskID: "a\nb"), at: 1)).isEmpty)
    }

    @Test("questions for many results fit into frames")
    mutating func manyWaits() throws {
        for number in 0..<1000 {
            let id = String(repeating: "x", count: 250) + String(number + 10_000)
            _ = link.handle(.wait(taskID: id), at: 0)
        }
        var asked = 0
        for packet in packets(open()) {
            let read = try Packet<ClientCommand>(frames: packet.frames())
            if case .resultWait(let taskIDs) = read.content { asked += taskIDs.count }
        }
        #expect(asked == 1000)
    }

    @Test("a client that is not wanted gives up, now and for good")
    mutating func rejected() {
        _ = link.handle(.connected, at: 0)
        _ = link.handle(.submit(id: 1, submission(1), deadline: 9000), at: 0)
        #expect(failure(link.handle(.packet(Packet(.reject(message: "too old"))), at: 1))?.code == .refused)
        #expect(failure(link.handle(.submit(id: 2, submission(1), deadline: 9000), at: 2))?.code == .refused)
        #expect(link.handle(.connected, at: 3).isEmpty)
    }
}
