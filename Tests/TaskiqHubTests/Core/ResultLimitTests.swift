// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol
import Testing

@testable import TaskiqHub

/// What clients may cost that wait for results.
struct ResultLimitTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)

    init() throws {
        hub = try HubBench()
        try hub.join(&client)
        try hub.join(&worker, credit: 100)
    }

    private mutating func takeResults() -> [(taskID: String, size: Int)] {
        hub.take(client).compactMap { reply in
            if case .result(let taskID, .ready, let body) = reply { (taskID, body.count) } else { nil }
        }
    }

    private mutating func run(_ keys: ClosedRange<UInt8>, size: Int) throws {
        for key in keys { try hub.say(.submit(submission(key)), by: client) }
        try hub.settle()
        for delivery in hub.takeDeliveries(worker) {
            let body = [UInt8](repeating: 1, count: size)
            try hub.say(.complete(Completion(lease: delivery.lease, outcome: .ok, body: body)), by: worker)
        }
        try hub.settle()
    }

    @Test("a client that does not read is sent no more than 16 MiB of results; the others come when it has read")
    mutating func slowReader() throws {
        let size = 1 << 20
        try hub.say(.resultWait(taskIDs: (1...40).map { "task-\($0)" }), by: client)
        try hub.settle()
        try run(1...40, size: size)
        let first = takeResults()
        #expect((16...17).contains(first.count))
        // Asking again changes nothing, and neither does any other word.
        try hub.say(.resultWait(taskIDs: ["task-40", "task-1"]), by: client)
        try hub.say(.heartbeat, by: client)
        try hub.settle()
        #expect(takeResults().isEmpty)
        var seen = first.map(\.taskID)
        var read: Int64 = 0
        for _ in 0..<10 where Set(seen).count < 40 {
            read = Int64(seen.count * size)
            try hub.say(.received(bytes: read), by: client)
            try hub.settle()
            let more = takeResults()
            #expect(more.count <= 33)
            seen += more.map(\.taskID)
        }
        #expect(Set(seen) == Set((1...40).map { "task-\($0)" }))
    }

    @Test("when it has read, all that fits comes without another word, however small it is")
    mutating func manySmallOnes() throws {
        let ids = (1...150).map { "task-\($0)" }
        try hub.say(.credit(150), by: worker)
        try hub.say(.resultWait(taskIDs: ids), by: client)
        try hub.settle()
        try run(1...16, size: 1 << 20)
        #expect(takeResults().count == 16)
        try run(17...150, size: 10)
        #expect(takeResults().isEmpty)
        #expect(hub.core.waitCount == 134)
        // Asked for again and again, it is owed once.
        for _ in 0..<3 { try hub.say(.resultWait(taskIDs: ids.suffix(10)), by: client) }
        try hub.settle()
        try hub.say(.received(bytes: 16 << 20), by: client)
        try hub.settle()
        #expect(takeResults().map(\.taskID).sorted() == ids.suffix(134).sorted())
        #expect(hub.core.waitCount == 0)
    }

    @Test("what a client has stopped to wait for it is not sent later")
    mutating func cancelled() throws {
        let size = 1 << 20
        try hub.say(.resultWait(taskIDs: (1...20).map { "task-\($0)" }), by: client)
        try hub.settle()
        try run(1...20, size: size)
        let first = Set(takeResults().map(\.taskID))
        let owed = Set((1...20).map { "task-\($0)" }).subtracting(first).sorted()
        #expect(owed.count >= 3)
        try hub.say(.resultCancel(taskIDs: [owed[0]]), by: client)
        try hub.say(.received(bytes: Int64(20 * size)), by: client)
        try hub.settle()
        #expect(Set(takeResults().map(\.taskID)) == Set(owed.dropFirst()))
    }

    @Test("all clients together wait for so many results, and no more")
    mutating func waits() throws {
        var configuration = HubConfiguration()
        configuration.maximumWaits = 3
        hub = try HubBench(configuration: configuration)
        try hub.join(&client)
        var second = BenchClient(2)
        try hub.join(&second)
        try hub.say(.resultWait(taskIDs: ["a", "b"]), by: client)
        try hub.say(.resultWait(taskIDs: ["a", "b"]), by: client)
        try hub.say(.resultWait(taskIDs: ["a"]), by: second)
        try hub.settle()
        #expect(hub.core.waitCount == 3)
        _ = (hub.take(client), hub.take(second))
        try hub.say(.resultWait(taskIDs: ["c"]), by: second)
        guard case .error(let message)? = hub.take(second).last else {
            Issue.record("no error")
            return
        }
        #expect(message.contains("3 results are waited for"))
        try hub.say(.resultCancel(taskIDs: ["a", "b"]), by: client)
        #expect(hub.core.waitCount == 1)
        try hub.say(.bye, by: second)
        #expect(hub.core.waitCount == 0 && hub.core.waiters.isEmpty)
    }

    @Test("a submission that wants its result is sent it; said again, it is sent what is there")
    mutating func wantedWithSubmission() throws {
        var message = submission(1)
        message.wantsResult = true
        try hub.say(.submit(message), by: client)
        try hub.settle()
        #expect(takeResults().isEmpty)
        try hub.end(hub.takeDeliveries(worker).first, .ok, "42", by: worker)
        try hub.settle()
        #expect(takeResults().map(\.taskID) == ["task-1"])
        #expect(hub.core.waitCount == 0)
        try hub.say(.submit(message), by: client)
        try hub.settle()
        #expect(takeResults().map(\.taskID) == ["task-1"])
    }
}
