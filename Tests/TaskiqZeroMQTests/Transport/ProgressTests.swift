// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHub
import TaskiqZeroMQ
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ProgressTests {
    @Test("a client sees how far a task is, whether it has a result, and may drop that once it has read it")
    func progress() async throws {
        try await RunningHub.with { hub in
            let (runs, continuation) = AsyncStream<Void>.makeStream()
            let (permits, permit) = AsyncStream<Void>.makeStream()
            let broker = try hub.broker()
            broker.register(named: "paint") { _, context in
                try await context.report("half", meta: ["percent": 50])
                // In order on one connection: who is told of the result hears of the progress before.
                continuation.yield()
                for await _ in permits { break }
                await #expect(throws: TaskiqError.self) {
                    try await context.report("x", meta: String(repeating: "x", count: 16 * 1024))
                }
                return .null
            }
            let reader = ZeroMQTransport.Configuration(keepResults: false)
            try await hub.withWorker(broker, client: reader) { client in
                let task = try await client.kiq(named: "paint")
                for await _ in runs { break }
                #expect(try await task.isReady == false)
                permit.yield()
                _ = try await task.waitForResult(timeout: .seconds(20))
                // Dropped with the result: a second look finds neither.
                await #expect(throws: TaskiqError.self) { try await task.isReady }
                #expect(try await task.progress() == nil)
                let kept = try hub.broker()
                try await kept.startup()
                let second = try await kept.kiq(named: "paint")
                permit.yield()
                _ = try await second.waitForResult(timeout: .seconds(20))
                #expect(try await second.isReady)
                let progress = try await second.progress()
                #expect(progress?.state == "half")
                #expect(try progress?.meta?.decode([String: Int].self) == ["percent": 50])
                await #expect(throws: TaskiqError.self) {
                    try await kept.resultBackend.setProgress(TaskProgress(state: "lie"), for: second.taskID)
                }
                await kept.shutdown()
            }
        }
    }

    @Test("a task that is registered while the worker works can be run at once")
    func registration() async throws {
        try await RunningHub.with { hub in
            let broker = try hub.broker()
            broker.task("old") { () in 1 }
            try await hub.withWorker(broker) { client in
                let old = try await client.kiq(named: "old")
                #expect(try await old.value(timeout: .seconds(20)) == .int(1))
                let new = try await client.kiq(named: "new")
                try await broker.registerTask("new") { () in 2 }
                #expect(try await new.value(timeout: .seconds(20)) == .int(2))
            }
        }
    }
}
