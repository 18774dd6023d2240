// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

/// What a submission may ask for, and what it may not.
struct LimitTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)

    init() throws {
        hub = try HubBench()
        try hub.join(&client)
    }

    // MARK: Too late

    @Test("a message that is too late becomes a dead letter, whether or not a worker came")
    mutating func expires() throws {
        var message = submission(1)
        message.expires = 3000
        try hub.say(.submit(message), by: client)
        try hub.say(.submit(submission(2)), by: client)
        try hub.settle()
        try hub.wait(2500)
        #expect(hub.core.messageCount == 2)
        try hub.wait(1000)
        #expect(hub.core.messageCount == 1)
        #expect(hub.store.deadLetters.map(\.reason) == [HubCore.expired])
        try hub.join(&worker, credit: 2)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [2])
    }

    @Test("one that runs may end; given back, it is too late")
    mutating func expiresWhileItRuns() throws {
        try hub.join(&worker, credit: 2)
        for key: UInt8 in 1...2 {
            var message = submission(key)
            message.expires = 3000
            try hub.say(.submit(message), by: client)
        }
        try hub.settle()
        let deliveries = hub.takeDeliveries(worker)
        try hub.wait(4000, heardFrom: [worker])
        #expect(hub.core.messageCount == 2)
        try hub.end(deliveries.first, .ok, "1", by: worker)
        try hub.end(deliveries.last, .release, by: worker)
        try hub.settle()
        #expect(hub.core.messageCount == 0)
        #expect(hub.store.deadLetters.map(\.message.sequence) == [2])
    }

    @Test("the time is known over a restart")
    mutating func expiresAfterRestart() throws {
        var message = submission(1)
        message.expires = 3000
        try hub.say(.submit(message), by: client)
        try hub.settle()
        try hub.restart()
        try hub.wait(3500)
        #expect(hub.store.deadLetters.map(\.reason) == [HubCore.expired])
    }

    // MARK: One of a kind

    @Test("while a message has a unique key, a second one is refused and told who has it")
    mutating func unique() throws {
        try hub.say(.submit(unique(1)), by: client)
        try hub.settle()
        _ = hub.take(client)
        try hub.say(.submit(unique(2)), by: client)
        guard case .refused(let refusal)? = hub.take(client).first else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == .notUnique)
        #expect(refusal.retryAfter == 0)
        #expect(refusal.message.contains("task-1"))
        // The same submission once more is no second message.
        try hub.say(.submit(unique(1)), by: client)
        #expect(hub.take(client) == [.stored(1, isDuplicate: true)])
    }

    @Test("the key is free when the message is over, and known over a restart")
    mutating func uniqueAgain() throws {
        try hub.say(.submit(unique(1)), by: client)
        try hub.settle()
        try hub.restart()
        try hub.join(&client)
        try hub.say(.submit(unique(2)), by: client)
        guard case .refused? = hub.take(client).first else {
            Issue.record("not refused after a restart")
            return
        }
        try hub.join(&worker, credit: 1)
        try hub.settle()
        try hub.end(hub.takeDeliveries(worker).first, .ok, "1", by: worker)
        try hub.settle()
        try hub.say(.submit(unique(3)), by: client)
        try hub.settle()
        #expect(hub.take(client).flatMap(\.receipts).count == 1)
    }

    private func unique(_ key: UInt8) -> Submission {
        var message = submission(key)
        message.uniqueKey = "report"
        return message
    }

    // MARK: Too much

    @Test("a backlog has a limit of bytes as well; what ends makes room")
    mutating func bytes() throws {
        var configuration = HubConfiguration()
        configuration.maximumMessageBytes = 15
        hub = try HubBench(configuration: configuration)
        try hub.join(&client)
        try hub.say(.submit(submission(1)), by: client)
        try hub.say(.submit(submission(2)), by: client)
        try hub.say(.submit(submission(3)), by: client)
        try hub.settle()
        let replies = hub.take(client)
        #expect(replies.flatMap(\.receipts).count == 2)
        guard case .refused(let refusal)? = replies.first(where: { if case .refused = $0 { true } else { false } })
        else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == .full)
        #expect(refusal.retryAfter > 0)
        try hub.join(&worker, credit: 1)
        try hub.settle()
        try hub.end(hub.takeDeliveries(worker).first, .ok, "1", by: worker)
        try hub.settle()
        try hub.say(.submit(submission(3)), by: client)
        try hub.settle()
        #expect(hub.take(client).flatMap(\.receipts).count == 1)
    }

    @Test("bodies that do not fit into memory are read when their turn comes")
    mutating func cache() throws {
        var configuration = HubConfiguration()
        configuration.maximumCachedBodies = 10
        hub = try HubBench(configuration: configuration)
        try hub.join(&client)
        for key: UInt8 in 1...3 { try hub.say(.submit(submission(key)), by: client) }
        try hub.settle()
        #expect(hub.core.cachedBodyBytes <= 10)
        try hub.join(&worker, credit: 3)
        try hub.settle()
        let bodies = hub.takeDeliveries(worker).sorted { $0.lease.sequence < $1.lease.sequence }.map(\.body)
        #expect(bodies == [1, 2, 3].map { submission($0).body })
        #expect(hub.bodiesRead == 2)
    }

    @Test("a body that does not fit into memory is read when the message is stored, and not before")
    mutating func cacheWhileWorkersWait() throws {
        var configuration = HubConfiguration()
        configuration.maximumCachedBodies = 0
        hub = try HubBench(configuration: configuration)
        try hub.join(&client)
        try hub.join(&worker, credit: 3)
        // The first is on its way to the disk, the second waits behind it.
        for key: UInt8 in 1...2 { try hub.say(.submit(submission(key)), by: client) }
        try hub.settle()
        #expect(
            hub.takeDeliveries(worker).map(\.body).sorted { $0.last ?? 0 < $1.last ?? 0 }
                == [1, 2].map { submission($0).body }
        )
        #expect(try hub.store.statistics().quarantined == 0)
        #expect(hub.core.cachedBodyBytes == 0)
    }

    @Test("beyond what fits into memory, the body of a message that a worker has is not kept")
    mutating func cacheOfRunning() throws {
        var configuration = HubConfiguration()
        configuration.maximumCachedBodies = 10
        hub = try HubBench(configuration: configuration)
        try hub.join(&client)
        for key: UInt8 in 1...9 { try hub.say(.submit(submission(key)), by: client) }
        try hub.settle()
        try hub.join(&worker, credit: 9)
        try hub.settle()
        let deliveries = hub.takeDeliveries(worker)
        #expect(deliveries.count == 9)
        #expect(hub.core.cachedBodyBytes <= 10)
        // Given back, they are read once more.
        for delivery in deliveries { try hub.end(delivery, .release, by: worker) }
        try hub.settle()
        #expect(Set(hub.takeDeliveries(worker).map(\.body)) == Set((1...9).map { submission($0).body }))
        #expect(hub.core.cachedBodyBytes <= 10)
    }

    // MARK: Nothing waits for ever

    @Test("every sixteenth delivery is the oldest message, however urgent others are")
    mutating func aging() throws {
        try hub.say(.submit(submission(200)), by: client)
        for key: UInt8 in 1...40 {
            var urgent = submission(key)
            urgent.priority = 9
            try hub.say(.submit(urgent), by: client)
        }
        try hub.settle()
        try hub.join(&worker, credit: 1)
        var place = 0
        while true {
            try hub.settle()
            guard let delivery = hub.takeDeliveries(worker).first else { break }
            place += 1
            if delivery.lease.sequence == 1 { break }
            try hub.end(delivery, .ok, "1", by: worker)
        }
        #expect(place == 16)
    }
}
