// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import Taskiq

/// Durations that mean "no limit": clocks trap on them.
@Suite("Waits without an end", .timeLimit(.minutes(2)))
struct EndlessWaitTests {
    static let endless: [Duration] = [.seconds(Int64.max), Duration(attoseconds: .max), .seconds(20_000_000_000)]

    @Test("a result is waited for without an end", arguments: endless)
    func waiters(timeout: Duration) async throws {
        try await Broker.inMemory().withStartup { broker in
            let add = broker.task("add") { (a: Int, b: Int) in a + b }
            let sum: Int = try await add.kiq(2, 3).value(timeout: timeout)
            #expect(sum == 5)
        }
    }

    /// Has its result at the second look.
    private final class Slow: ResultBackend {
        private let looks = Atomic<Int>(0)
        func setResult(_ result: StoredResult, for taskID: TaskID) async throws {}
        func result(for taskID: TaskID) async throws -> StoredResult? {
            looks.add(1, ordering: .relaxed).newValue > 1
                ? StoredResult(returnValue: .null, executionTime: .zero) : nil
        }
    }

    @Test("a backend that polls waits without an end", arguments: endless)
    func polling(timeout: Duration) async throws {
        _ = try await Slow().waitForResult(for: "a", timeout: timeout, checkInterval: .milliseconds(1))
        // The interval, too, may be for ever: then the wait ends when it is cancelled.
        let waiting = Task {
            try await Slow().waitForResult(for: "a", timeout: timeout, checkInterval: timeout)
        }
        await Task.yield()
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test("a delay and a hold without an end keep a message, and trap nothing", arguments: endless)
    func queue(delay: Duration) {
        var queue = InMemoryQueue()
        let now = Duration.seconds(1_000_000)
        let message = BrokerMessage(taskID: "i", taskName: "n", message: [], labels: [])
        queue.listen(DeliveryChannel(), credit: 10)
        queue.enqueue(message, after: delay, now: now, at: WallClock.now)
        #expect(queue.nextDue.map { $0 > now } == true)
        queue.enqueue(message, after: .zero, now: now, at: WallClock.now)
        let number = queue.dispatch().first?.number ?? 0
        queue.settle(number, .unacknowledged(nil), heldFor: delay, now: now, at: WallClock.now)
        queue.wake(at: now)
        #expect(queue.dispatch().isEmpty)
    }

    @Test("a stopwatch sleeps until a moment that never comes", arguments: endless)
    func stopwatch(due: Duration) async {
        let stopwatch = Stopwatch(ContinuousClock())
        let sleep = Task { try await stopwatch.sleep(until: due) }
        await Task.yield()
        sleep.cancel()
        await #expect(throws: CancellationError.self) { try await sleep.value }
    }

    @Test("a century is the limit either way")
    func century() {
        let century = Duration.seconds(36_500 * 86_400)
        #expect(Duration.seconds(Int64.max).withinCentury == century)
        #expect(Duration(attoseconds: .min).withinCentury == .zero - century)
        #expect(Duration.seconds(5).withinCentury == .seconds(5))
        #expect(Duration.seconds(5).saturatingSum(Duration(attoseconds: .max)) == Duration(attoseconds: .max))
        #expect(Duration.seconds(-5).saturatingSum(Duration(attoseconds: .min)) == Duration(attoseconds: .min))
        #expect(Duration.seconds(5).saturatingSum(.seconds(-7)) == .seconds(-2))
    }
}
