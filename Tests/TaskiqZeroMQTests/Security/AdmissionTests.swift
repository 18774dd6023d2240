// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Synchronization
import Taskiq
import TaskiqHub
import TaskiqHubProtocol
import Testing

@testable import TaskiqZeroMQ
@testable import TaskiqZeroMQHub

@Suite("S2 and S3: only keys of the list get in, and stay in", .timeLimit(.minutes(2)))
struct AdmissionTests {
    private let chest: KeyChest
    private static let address = "tcp://127.0.0.1:*"

    init() throws {
        chest = try KeyChest()
    }

    /// Whether a message is accepted; no answer in time is a no.
    private func isAccepted(_ hub: RunningHub, _ keys: CurveKeys?, within limit: Duration) async throws -> Bool {
        let broker = try hub.broker(.init(sendTimeout: limit, keys: keys))
        try await broker.startup()
        let answer = await isAccepted(broker)
        await broker.shutdown()
        return answer
    }

    private func isAccepted(_ broker: Broker) async -> Bool {
        (try? await broker.kiq(named: "t")) != nil
    }

    @Test("a random key, no key, a wrong hub's key and a worker's key do not send; a client's key does")
    func matrix() async throws {
        let good = try chest.admit("web", .client)
        let both = try chest.admit("both", .both)
        let worker = try chest.admit("worker", .worker)
        let wrongHub = try CurveKeys(
            hub: try CurveKeyPair.generate().publicKey,
            secretKey: good.own.secretKey
        )
        let bad: [CurveKeys?] = [try chest.stranger(), nil, wrongHub, worker]
        try await RunningHub.with(at: Self.address, keys: try chest.current()) { hub in
            let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for keys in bad {
                    group.addTask { try await isAccepted(hub, keys, within: .seconds(1)) }
                }
                return try await group.reduce(into: 0) { if $1 { $0 += 1 } }
            }
            #expect(accepted == 0)
            #expect(try hub.store.recover().messages.isEmpty)
            #expect(try await isAccepted(hub, good, within: patience))
            #expect(try await isAccepted(hub, both, within: patience))
            #expect(try hub.store.recover().messages.count == 2)
        }
    }

    @Test("other mechanisms of ZeroMQ are turned away", arguments: ["NULL", "PLAIN", "GSSAPI", "", "CURVEX"])
    func mechanisms(name: String) async throws {
        try await RunningHub.with(at: Self.address, keys: try chest.current()) { hub in
            let isClosed = try await onThread {
                let peer = try RawConnection(hub.address)
                try peer.greet(mechanism: name)
                try peer.ready()
                return peer.isClosed(within: patience)
            }
            #expect(isClosed)
        }
    }

    @Test("a client's key takes no tasks")
    func clientAtTheBack() async throws {
        let keys = try chest.admit("web", .client)
        let log = LogStream()
        try await RunningHub.with(at: Self.address, keys: try chest.current(), logger: log.logger) { hub in
            let broker = try hub.broker(.init(keys: keys))
            let worker = Worker(broker: broker, configuration: .init())
            let running = Task { try await worker.run() }
            let refusal = try await log.first(containing: "a peer was refused")
            #expect(refusal.metadata["taskiq.key"] == "web")
            #expect("\(refusal.metadata["reason"] ?? "")".contains("wants to take tasks"))
            running.cancel()
            try await running.value
        }
    }

    @Test("a key that is added gets in, without a restart")
    func added() async throws {
        let keys = try chest.stranger()
        try await RunningHub.with(at: Self.address, keys: chest.hub) { hub in
            let broker = try hub.broker(.init(sendTimeout: patience, keys: keys))
            try await broker.startup()
            async let sent = isAccepted(broker)
            try chest.admit(keys, "late", .client)
            #expect(await sent)
            await broker.shutdown()
        }
    }

    @Test("a key that is removed under load ends its client's session")
    func revokedClient() async throws {
        let keys = try chest.admit("web", .client)
        try await RunningHub.with(at: Self.address, keys: try chest.current()) { hub in
            let broker = try hub.broker(.init(sendTimeout: patience, keys: keys))
            try await broker.startup()
            #expect(await isAccepted(broker))
            let last = LastTime()
            let sending = Task {
                while !Task.isCancelled, await isAccepted(broker) { last.update() }
            }
            try chest.revoke("web")
            let revoked = ContinuousClock.now
            // What is sent after that is not taken: the sender hangs, until it is told to give up. A second is promised;
            // on a machine that runs many tests at a time it takes as long as it takes.
            while ContinuousClock.now - last.value < .seconds(5), ContinuousClock.now - revoked < .seconds(120) {
                await Task.yield()
            }
            sending.cancel()
            await sending.value
            #expect(last.value - revoked < .seconds(100))
            // Back in the list, the same program goes on.
            try chest.admit(keys, "web", .client)
            #expect(await isAccepted(broker))
            await broker.shutdown()
        }
    }

    @Test("what a worker runs whose key is removed goes to others")
    func revokedWorker() async throws {
        let (client, first, second) = (
            try chest.admit("web", .client), try chest.admit("w1", .worker), try chest.admit("w2", .worker)
        )
        try await RunningHub.with(at: Self.address, keys: try chest.current()) { hub in
            let (started, starting) = AsyncStream<String>.makeStream()
            func run(_ keys: CurveKeys, _ name: String) throws -> Task<Void, any Error> {
                let broker = try hub.broker(.init(keys: keys))
                broker.task("hang") { () in
                    starting.yield(name)
                    if name == "first" { try await Task.sleep(for: .seconds(3600)) }  // waits: for its cancellation
                    return name
                }
                let worker = Worker(broker: broker, configuration: .init(waitTasksTimeout: .zero))
                return Task { try await worker.run() }
            }
            let sender = try hub.broker(.init(keys: client))
            try await sender.startup()
            let one = try run(first, "first")
            let handle = try await sender.kiq(named: "hang", taskID: "hanging")
            var starts = started.makeAsyncIterator()
            #expect(await starts.next() == "first")
            let two = try run(second, "second")
            try chest.revoke("w1")
            #expect(await starts.next() == "second")
            _ = try await handle.waitForResult(timeout: patience)
            for task in [one, two] {
                task.cancel()
                try? await task.value
            }
            await sender.shutdown()
        }
    }

    @Test("a list that others can write, or that is gone, changes nothing")
    func badList() async throws {
        let keys = try chest.admit("web", .client)
        let log = LogStream()
        try await RunningHub.with(at: Self.address, keys: try chest.current(), logger: log.logger) { hub in
            let list = "\(chest.path)/\(HubKeys.listName)"
            #expect(chmod(list, 0o666) == 0)
            let line = try await log.first(containing: "the last one stays in force")
            #expect("\(line.metadata["error.message"] ?? "")".contains("chmod 600"))
            #expect(try await isAccepted(hub, keys, within: patience))
            #expect(unlink(list) == 0)
            _ = try await log.first(containing: "the last one stays in force")
            #expect(try await isAccepted(hub, keys, within: patience))
        }
    }

    @Test("hundreds of refusals are a few lines of the log")
    func refusalLog() {
        var log = RefusalLog()
        var told = 0
        for number in 0..<5000 where log.shouldTell(of: "key \(number)", at: Int64(number)) { told += 1 }
        #expect(told == 10)
        let again = [70_000, 700_000].map { log.shouldTell(of: "key 0", at: $0) }
        #expect(again == [false, true])
    }
}

/// When something happened last.
private final class LastTime: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var value: ContinuousClock.Instant { time.withLock { $0 } }

    func update() { time.withLock { $0 = .now } }
}
