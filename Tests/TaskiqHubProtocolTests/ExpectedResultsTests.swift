// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHubProtocol
import Testing

/// A client that mostly waits for what it sends is sent the results without asking.
struct ExpectedResultsTests {
    private var link = ClientLink(
        hello: ClientHello(identity: SamplePackets.identity, application: "app"),
        address: "ipc:///hub",
        resultPeriod: 4
    )
    private var lastID: UInt64 = 0

    init() {
        _ = link.handle(.connected, at: 0)
        open(session: 1, at: 0)
    }

    @discardableResult
    private mutating func open(session: UInt64, at now: Int64) -> [ClientCommand] {
        let welcome = ClientWelcome(maximumBody: 1000, workersEndpoint: "ipc")
        return sent(link.handle(.packet(Packet(.welcome(welcome), session: session, epoch: 1)), at: now))
    }

    private func sent(_ effects: [ClientLink.Effect]) -> [ClientCommand] {
        effects.compactMap { if case .send(let packet) = $0 { packet.content } else { nil } }
    }

    private func results(_ effects: [ClientLink.Effect]) -> [String] {
        effects.compactMap { effect in
            guard case .result(let taskID, let status, let body) = effect else { return nil }
            return "\(taskID) \(status) \(String(decoding: body, as: UTF8.self))"
        }
    }

    /// Sends a task; whether its result was asked for with it.
    private mutating func submit(_ taskID: String, at now: Int64 = 1) -> Bool? {
        lastID += 1
        let submission = Submission(key: .generate(), queue: "q", taskName: "t", taskID: taskID, body: [1])
        let effects = sent(link.handle(.submit(id: lastID, submission, deadline: 60_000), at: now))
        guard case .submit(let said)? = effects.first else { return nil }
        return said.wantsResult
    }

    private mutating func answer(_ id: UInt64) {
        let receipt = SubmitReceipt(correlation: id, sequence: Int64(id), isDuplicate: false)
        _ = link.handle(.packet(Packet(.submitted([receipt]))), at: 1)
    }

    private mutating func receive(
        _ taskID: String,
        _ status: ResultStatus,
        _ body: String,
        at now: Int64 = 1
    )
        -> [ClientLink.Effect]
    {
        link.handle(.packet(Packet(.result(taskID: taskID, status: status, body: Array(body.utf8)))), at: now)
    }

    /// Sends and waits until results are wanted with submissions.
    private mutating func learn() {
        for number in 1...4 {
            #expect(submit("learn-\(number)") == (number == 4))
            let asked = sent(link.handle(.awaitResult(taskID: "learn-\(number)"), at: 1))
            #expect(asked == (number == 4 ? [] : [.resultWait(taskIDs: ["learn-\(number)"])]))
            #expect(results(receive("learn-\(number)", .ready, "1")) == ["learn-\(number) ready 1"])
        }
    }

    @Test("who waits for what it sends says so with the next submissions, and need not ask")
    mutating func learning() {
        learn()
        #expect(submit("a") == true)
        #expect(sent(link.handle(.awaitResult(taskID: "a"), at: 1)).isEmpty)
        #expect(results(receive("a", .ready, "5")) == ["a ready 5"])
        #expect(results(receive("a", .ready, "5")).isEmpty)
    }

    @Test("a result that comes early is there for who waits a moment later, once, and not for long")
    mutating func early() {
        learn()
        for taskID in ["a", "b", "c"] {
            #expect(submit(taskID) == true)
            #expect(results(receive(taskID, .ready, "5")).isEmpty)
        }
        #expect(results(link.handle(.awaitResult(taskID: "a"), at: 2)) == ["a ready 5"])
        #expect(sent(link.handle(.awaitResult(taskID: "a"), at: 3)) == [.resultWait(taskIDs: ["a"])])
        #expect(results(link.handle(.wait(taskID: "b"), at: 3)) == ["b ready 5"])
        #expect(sent(link.handle(.awaitResult(taskID: "c"), at: 6000)).contains(.resultWait(taskIDs: ["c"])))
    }

    @Test("who no longer waits is no longer sent what nobody wants")
    mutating func forgetting() {
        learn()
        // What was learnt holds for a while.
        let flags = (0..<8).map { submit("fire-\($0)") }
        #expect(flags == [true, true, true, false, false, false, false, false])
    }

    @Test("a wait that lasts asks all the same, and another session is asked anew")
    mutating func patience() {
        learn()
        _ = link.handle(.tick, at: 10)
        #expect(submit("a", at: 11) == true)
        #expect(sent(link.handle(.awaitResult(taskID: "a"), at: 12)).isEmpty)
        #expect(!sent(link.handle(.tick, at: 261)).contains(.resultWait(taskIDs: ["a"])))
        #expect(sent(link.handle(.tick, at: 520)).contains(.resultWait(taskIDs: ["a"])))
        #expect(results(receive("a", .unroutable, "t")) == ["a unroutable t"])
        // The submission is not answered, so it is said again, with its wish.
        _ = link.handle(.packet(Packet(.resync, epoch: 1)), at: 600)
        let again = open(session: 2, at: 601)
        #expect(again.contains(.resultWait(taskIDs: ["a"])))
        #expect(
            again.contains { if case .submit(let said) = $0 { said.taskID == "a" && said.wantsResult } else { false } }
        )
    }

    @Test("after a wait that was given up, the next one asks")
    mutating func givenUp() {
        learn()
        #expect(submit("a") == true)
        #expect(sent(link.handle(.awaitResult(taskID: "a"), at: 2)).isEmpty)
        #expect(sent(link.handle(.cancelWait(taskID: "a"), at: 3)) == [.resultCancel(taskIDs: ["a"])])
        #expect(sent(link.handle(.awaitResult(taskID: "a"), at: 4)) == [.resultWait(taskIDs: ["a"])])
    }

    @Test("one that ends without a result is not waited for by the hub any more")
    mutating func noResult() {
        learn()
        #expect(submit("a") == true)
        #expect(sent(receive("a", .unknown, "")) == [.resultCancel(taskIDs: ["a"])])
        #expect(submit("b") == true)
        _ = link.handle(.awaitResult(taskID: "b"), at: 2)
        #expect(results(receive("b", .unknown, "")) == ["b unknown "])
    }
}
