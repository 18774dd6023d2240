// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import Testing

@testable import TaskiqScheduling

@Suite("Signal", .timeLimit(.minutes(5)))
struct SignalTests {
    @Test("is remembered once until it is seen")
    func remembered() async throws {
        let clock = ManualSchedulerClock(try at("12:00:00"))
        let signal = Signal()
        signal.raise()
        signal.raise()
        #expect(try await clock.wait(until: .latest, or: signal) == nil)
        async let reason = clock.wait(until: try at("12:00:01"), or: signal)
        await clock.someoneSleeps(until: try at("12:00:01"))
        clock.advance(to: try at("12:00:01"))
        #expect(try await reason == .reached)
    }

    @Test("wakes whoever waits")
    func wakes() async {
        let signal = Signal()
        async let wait: Void = signal.wait()
        signal.raise()
        await wait
    }

    @Test("lets a cancelled task go")
    func cancelled() async {
        let signal = Signal()
        let task = Task { await signal.wait() }
        task.cancel()
        await task.value
    }
}

@Suite("Back-off")
struct BackoffTests {
    @Test("doubles up to its limit and starts anew after a success")
    func doubles() {
        var backoff = Backoff(.milliseconds(100), upTo: .seconds(5))
        let waits = (1...8).map { _ in backoff.fail() }
        #expect(waits == [100, 200, 400, 800, 1600, 3200, 5000, 5000].map { .milliseconds($0) })
        for _ in 0..<200 { #expect(backoff.fail() == .seconds(5)) }
        backoff.succeed()
        #expect(backoff.fail() == .milliseconds(100))
    }

    @Test("is worth a line ever more rarely")
    func lines() {
        var backoff = Backoff(.milliseconds(1), upTo: .seconds(1))
        var worthy: [Int] = []
        for number in 1...100 {
            _ = backoff.fail()
            if backoff.isWorthALine { worthy.append(number) }
        }
        #expect(worthy == [1, 2, 4, 8, 16, 32, 64])
    }
}
