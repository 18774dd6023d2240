// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Synchronization
import Taskiq
import TaskiqZeroMQ

/// The programs of users: a worker, and clients that send its tasks.
enum Peers {
    /// A typical body: some 230 bytes on the wire.
    private static let text = String(repeating: "x", count: 60)

    private static func broker(_ address: String) throws -> Broker {
        var logger = Logger(label: "benchmark")
        logger.logLevel = .warning
        return try Broker.zeroMQ(address, configuration: .init(sendTimeout: .seconds(300)), logger: logger)
    }

    @discardableResult
    private static func register(in broker: Broker, _ body: @escaping @Sendable () -> Void = {}) -> NoOperation {
        broker.task("noop", parameters: ["number", "text"]) { (number: Int, text: String) in
            body()
            return number
        }
    }

    typealias NoOperation = TaskDefinition<Int, Int, String>

    // MARK: Worker

    /// Runs tasks that do nothing, and writes how many it has run whenever a line comes.
    static func work(_ address: String, concurrency: Int, prefetch: Int) async throws {
        let broker = try broker(address)
        let count = Counter()
        register(in: broker) { count.add() }
        let worker = Worker(
            broker: broker,
            configuration: .init(application: "benchmark", maxAsyncTasks: concurrency, maxPrefetch: prefetch)
        )
        let questions = Thread {
            while readLine() != nil { say("\(count.value)") }
            exit(0)
        }
        questions.start()
        try await worker.run()
    }

    // MARK: Clients

    /// Sends so many tasks, so many at a time, and says how long it took; then waits for the last results.
    static func submit(_ address: String, count: Int, atATime: Int, awaitsLast: Int) async throws {
        let broker = try broker(address)
        let task = register(in: broker)
        try await broker.startup()
        _ = try await task.kiq(0, text)
        let start = ContinuousClock.now
        let handles = try await withThrowingTaskGroup(of: [TaskHandle<Int>].self) { group in
            for runner in 0..<atATime {
                group.addTask {
                    var handles: [TaskHandle<Int>] = []
                    for number in stride(from: runner, to: count, by: atATime) {
                        let handle = try await task.kiq(number, text)
                        if number >= count - awaitsLast { handles.append(handle) }
                    }
                    return handles
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        say("\((ContinuousClock.now - start).seconds)")
        for handle in handles { _ = try await handle.value(timeout: .seconds(300)) }
        say("\((ContinuousClock.now - start).seconds)")
        await broker.shutdown()
    }

    /// Sends so many tasks, so many at a time, and waits for the result of each.
    static func call(_ address: String, count: Int, atATime: Int) async throws {
        let broker = try broker(address)
        let task = register(in: broker)
        try await broker.startup()
        _ = try await task.kiq(0, text).value(timeout: .seconds(300))
        let start = ContinuousClock.now
        let times = try await withThrowingTaskGroup(of: [Double].self) { group in
            for runner in 0..<atATime {
                group.addTask {
                    var times: [Double] = []
                    for number in stride(from: runner, to: count, by: atATime) {
                        let start = ContinuousClock.now
                        _ = try await task.kiq(number, text).value(timeout: .seconds(300))
                        times.append((ContinuousClock.now - start).seconds * 1e6)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        say("\((ContinuousClock.now - start).seconds)")
        let sorted = times.sorted()
        say("\(sorted[sorted.count / 2]) \(sorted[sorted.count * 99 / 100])")
        await broker.shutdown()
    }

    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}

/// Counts from any thread.
final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    var value: Int { number.load(ordering: .relaxed) }

    func add() { number.wrappingAdd(1, ordering: .relaxed) }
}
