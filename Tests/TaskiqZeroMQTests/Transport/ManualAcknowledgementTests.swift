// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHub
import TaskiqZeroMQ
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ManualAcknowledgementTests {
    /// A worker whose task tells of each run and leaves the acknowledging to the test.
    private func broker(_ hub: RunningHub, _ runs: AsyncStream<Context>.Continuation) throws -> Broker {
        let broker = try hub.broker()
        broker.register(named: "pay", labels: [.acknowledge(.manual)]) { _, context in
            runs.yield(context)
            return try JSONFragment(parsing: "\(context.attempt)")
        }
        return broker
    }

    @Test("a result is there at the end of the task, and the message until it is acknowledged after that")
    func acknowledgedAfterTheEnd() async throws {
        try await RunningHub.with { hub in
            let (runs, continuation) = AsyncStream<Context>.makeStream()
            try await hub.withWorker(try broker(hub, continuation)) { client in
                let task = try await client.kiq(named: "pay", labels: [.acknowledge(.manual)])
                #expect(try await task.value(timeout: .seconds(20)) == .int(1))
                #expect(try hub.store.bodies(of: [1]).count == 1)
                var iterator = runs.makeAsyncIterator()
                let context = try #require(await iterator.next())
                try await context.acknowledge()
                #expect(try hub.store.bodies(of: [1]).isEmpty)
                #expect(try await task.value(timeout: .seconds(20)) == .int(1))
            }
        }
    }

    @Test("what is not acknowledged in time runs again, and the late acknowledgement is refused")
    func notAcknowledged() async throws {
        var configuration = HubConfiguration()
        configuration.manualAcknowledgeTimeout = .milliseconds(300)
        try await RunningHub.with(configuration) { hub in
            let (runs, continuation) = AsyncStream<Context>.makeStream()
            try await hub.withWorker(try broker(hub, continuation)) { client in
                let task = try await client.kiq(named: "pay", labels: [.acknowledge(.manual)])
                var iterator = runs.makeAsyncIterator()
                let first = try #require(await iterator.next())
                let second = try #require(await iterator.next())
                #expect([first.attempt, second.attempt] == [1, 2])
                #expect([first.isRedelivered, second.isRedelivered] == [false, true])
                await #expect(throws: TaskiqError.self) { try await first.acknowledge() }
                // The first result stands.
                #expect(try await task.value(timeout: .seconds(20)) == .int(1))
            }
        }
    }
}
