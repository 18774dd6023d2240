// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHub
import TaskiqHubProtocol
import Testing

/// What a hub does when its store is not what it was, or has no room.
struct DamageTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)

    init() throws {
        hub = try HubBench()
        try hub.join(&client)
    }

    private func failure(_ reply: ClientReply?) -> String? {
        guard case .result(_, .ready, let body)? = reply else { return nil }
        return String(decoding: body, as: UTF8.self)
    }

    private var reasons: [String] {
        hub.notices.compactMap { if case .quarantined(_, _, let reason) = $0 { reason } else { nil } }
    }

    /// Three messages whose bodies only the store has, and a client that waits for the second.
    private mutating func restartWithThree() throws {
        for number in 1...3 as ClosedRange<UInt8> { try hub.say(.submit(submission(number)), by: client) }
        try hub.settle()
        try hub.restart()
        try hub.join(&client)
        try hub.say(.resultWait(taskIDs: ["task-2"]), by: client)
        try hub.settle()
        _ = hub.take(client)
    }

    @Test("a damaged body is not delivered: its message is put aside, whoever waits is told, the others go on")
    mutating func damagedBody() throws {
        try restartWithThree()
        hub.store.damage(2, reason: "a bit flipped")
        try hub.join(&worker, credit: 10)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [1, 3])
        #expect(failure(hub.take(client).last)?.contains("a bit flipped") == true)
        #expect(reasons == ["a bit flipped"])
        #expect(hub.store.quarantined == [2: "a bit flipped"])
        #expect(hub.core.messageCount == 2)
    }

    @Test("what the store finds by itself is put aside too, unless a worker has it")
    mutating func foundByTheStore() throws {
        try restartWithThree()
        try hub.tell(.damaged([ScrubReport.Damage(sequence: 2, reason: "flip"), .init(sequence: 99, reason: "flip")]))
        try hub.settle()
        #expect(hub.store.quarantined == [2: "flip"])
        try hub.join(&worker, credit: 10)
        try hub.settle()
        try hub.tell(.damaged([ScrubReport.Damage(sequence: 1, reason: "flip")]))
        try hub.settle()
        #expect(hub.store.quarantined == [2: "flip"])
    }

    @Test("a damaged result is given out as an error")
    mutating func damagedResult() throws {
        try hub.say(.resultWait(taskIDs: ["old"]), by: client)
        try hub.tell(.results(client.peer, correlation: 1, asked: ["old"], found: ["old": .damaged(reason: "flip")]))
        #expect(failure(hub.take(client).last)?.contains("ResultDamagedError") == true)
    }

    @Test("without room on the disk new messages are refused, and the ends of others are not")
    mutating func lowDisk() throws {
        try hub.say(.submit(submission(1)), by: client)
        try hub.join(&worker, credit: 10)
        try hub.settle()
        let delivery = try #require(hub.takeDeliveries(worker).first)
        _ = hub.take(client)
        try hub.tell(.disk(isLow: true))
        try hub.say(.submit(submission(2)), by: client)
        guard case .refused(let refusal)? = hub.take(client).last else {
            Issue.record("it was not refused")
            return
        }
        #expect(refusal.code == .disk)
        #expect(refusal.retryAfter > 0)
        try hub.end(delivery, .ok, "42", by: worker)
        try hub.settle()
        #expect(try hub.store.results(of: ["task-1"]) == ["task-1": .intact(Array("42".utf8))])
        try hub.tell(.disk(isLow: false))
        try hub.say(.submit(submission(2)), by: client)
        try hub.settle()
        #expect(hub.core.messageCount == 1)
    }
}
