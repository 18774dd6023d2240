// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

struct SubmissionTests {
    private var hub: HubBench
    private var client = BenchClient(1)

    init() throws {
        hub = try HubBench()
        try hub.join(&client)
    }

    @Test("a submission is answered only when it is on disk")
    mutating func answerAfterCommit() throws {
        try hub.say(.submit(submission(1)), by: client, correlation: 7)
        #expect(hub.takePackets(client).isEmpty)
        try hub.commit()
        let packets = hub.takePackets(client)
        #expect(packets.map(\.content) == [.stored(1, as: 7)])
    }

    @Test("what is said while a group is being written goes into the next one, and is answered after that")
    mutating func groupsFollowEachOther() throws {
        try hub.say(.submit(submission(1)), by: client)
        try hub.say(.submit(submission(2)), by: client)
        try hub.say(.submit(submission(3)), by: client)
        try hub.commit()
        #expect(hub.take(client) == [.stored(1)])
        try hub.commit()
        #expect(hub.take(client).flatMap(\.receipts).map(\.sequence) == [2, 3])
        #expect(hub.group == nil)
    }

    @Test("the same key and body again is the same message, before and after it is on disk")
    mutating func repeated() throws {
        try hub.say(.submit(submission(1)), by: client)
        try hub.say(.submit(submission(1)), by: client)
        #expect(hub.take(client).isEmpty)
        try hub.settle()
        #expect(hub.take(client).flatMap(\.receipts).map(\.isDuplicate) == [false, true])
        try hub.say(.submit(submission(1)), by: client)
        #expect(hub.take(client) == [.stored(1, isDuplicate: true)])
        #expect(hub.core.messageCount == 1)
    }

    @Test("a repetition is known over a restart, and after the message is over")
    mutating func repeatedLater() throws {
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        try hub.restart()
        try hub.join(&client)
        try hub.say(.submit(submission(1)), by: client)
        #expect(hub.take(client) == [.stored(1, isDuplicate: true)])
        var worker = BenchWorker(1)
        try hub.join(&worker, credit: 1)
        try hub.settle()
        try hub.end(hub.takeDeliveries(worker).first, .ok, "1", by: worker)
        try hub.settle()
        try hub.say(.submit(submission(1)), by: client)
        #expect(hub.take(client) == [.stored(1, isDuplicate: true)])
        #expect(hub.core.messageCount == 0)
    }

    @Test("the hub dies before the disk has it: the repetition makes the message")
    mutating func lostBeforeCommit() throws {
        try hub.say(.submit(submission(1)), by: client)
        try hub.restart()
        try hub.join(&client)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        #expect(hub.take(client) == [.stored(1)])
        #expect(hub.core.messageCount == 1)
    }

    @Test("a key is for one message")
    mutating func keyReuse() throws {
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        _ = hub.take(client)
        try hub.say(.submit(submission(1, "another")), by: client)
        guard case .refused(let refusal)? = hub.take(client).first else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == .keyReuse)
        #expect(refusal.retryAfter == 0)
    }

    @Test("a key is forgotten when its client has the answer")
    mutating func keysConfirmed() throws {
        for number in 1...3 { try hub.say(.submit(submission(UInt8(number))), by: client, correlation: UInt64(number)) }
        try hub.settle()
        #expect(hub.core.keys.count == 3)
        try hub.say(.answered(below: 3), by: client)
        #expect(hub.core.keys.count == 1)
        try hub.say(.submit(submission(3)), by: client)
        #expect(hub.take(client).last == .stored(3, isDuplicate: true))
    }

    @Test("a key is forgotten when its time is over, which no step of the wall clock and no sleep shortens")
    mutating func keysExpire() throws {
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        let lifetime = HubConfiguration().keyLifetime
        hub.wall = hub.wall.adding(lifetime + .seconds(1))
        hub.sleep(lifetime.inMilliseconds)
        try hub.wait(61_000)
        try hub.join(&client)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        #expect(hub.take(client).last == .stored(1, isDuplicate: true))
        try hub.wait(lifetime.inMilliseconds)
        try hub.join(&client)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        #expect(hub.take(client).last != .stored(1, isDuplicate: true))
        #expect(hub.core.messageCount == 2)
    }

    @Test("too large, too many, too late: refused with the reason, and nothing is stored")
    mutating func refusals() throws {
        var configuration = HubConfiguration()
        configuration.maximumBody = 10
        configuration.maximumMessages = 1
        hub = try HubBench(configuration: configuration)
        try hub.join(&client)
        try hub.say(.submit(submission(1, "a body too large")), by: client)
        try hub.say(.submit(submission(2)), by: client)
        try hub.settle()
        try hub.say(.submit(submission(3)), by: client)
        try hub.tell(.drain)
        try hub.say(.submit(submission(4)), by: client)
        try hub.say(.submit(submission(2)), by: client)
        let codes = hub.take(client).map { reply -> SubmitRefusal.Code? in
            if case .refused(let refusal) = reply { refusal.code } else { nil }
        }
        #expect(codes == [.tooLarge, nil, .full, .draining, nil])
        #expect(hub.core.messageCount == 1)
    }

    @Test("who was forgotten, or comes from an earlier life, is asked to greet anew")
    mutating func resync() throws {
        let stranger = BenchClient(2)
        try hub.say(.submit(submission(1)), by: stranger)
        #expect(hub.take(stranger) == [.resync])
        try hub.restart()
        try hub.say(.submit(submission(1)), by: client)
        #expect(hub.take(client) == [.resync])
        #expect(hub.core.messageCount == 0)
    }

    @Test("another version of the protocol is refused with both versions named")
    mutating func versions() throws {
        var hello = ClientHello(identity: client.identity, application: "later")
        hello.protocolMinimum = 2
        hello.protocolMaximum = 3
        try hub.tell(.client(client.peer, Packet(.hello(hello))))
        guard case .reject(let message)? = hub.take(client).first else {
            Issue.record("not rejected")
            return
        }
        #expect(message.contains("later speaks versions 2 to 3"))
        hello.protocolMinimum = 3
        hello.protocolMaximum = 0
        try hub.tell(.client(client.peer, Packet(.hello(hello))))
        #expect(hub.take(client).count == 1)
    }
}
