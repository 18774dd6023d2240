// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import TaskiqTestKit
import Testing

@Suite("A clock that tests move", .timeLimit(.minutes(5)))
struct ManualClockTests {
    @Test("sleepers wake at their deadlines and not before")
    func deadlines() async throws {
        let clock = ManualClock()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask {
                    try await clock.sleep(for: .seconds(seconds))
                    return seconds
                }
            }
            try await clock.waitForSleepers(3)
            #expect(clock.nextDeadline?.offset == .seconds(1))
            clock.advance(by: .milliseconds(999))
            #expect(clock.sleeperCount == 3)
            for seconds in 1...3 {
                #expect(clock.advanceToNextDeadline())
                #expect(try await group.next() == seconds)
                #expect(clock.now.offset == .seconds(seconds))
                #expect(clock.sleeperCount == 3 - seconds)
            }
            #expect(!clock.advanceToNextDeadline())
            #expect(clock.now.offset == .seconds(3))
        }
    }

    @Test("the clock never goes back, and a deadline that is past is no wait")
    func past() async throws {
        let clock = ManualClock()
        clock.advance(by: .seconds(5))
        clock.advance(by: .seconds(-1))
        clock.advance(to: ManualClock.Instant(offset: .seconds(2)))
        #expect(clock.now.offset == .seconds(5))
        try await clock.sleep(until: ManualClock.Instant(offset: .seconds(5)), tolerance: nil)
        try await clock.sleep(for: .zero)
    }

    @Test("a sleeper that is cancelled leaves, whenever that happens", arguments: 0..<50)
    func cancellation(round: Int) async throws {
        let clock = ManualClock()
        let sleeper = Task { try await clock.sleep(for: .seconds(1)) }
        if round % 2 == 0 { try await clock.waitForSleepers() }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(clock.sleeperCount == 0)
        let watcher = Task { try await clock.waitForSleepers() }
        watcher.cancel()
        await #expect(throws: CancellationError.self) { try await watcher.value }
        // Nobody is left who would be resumed a second time.
        let next = Task { try await clock.sleep(for: .seconds(1)) }
        try await clock.waitForSleepers()
        clock.advance(by: .seconds(1))
        try await next.value
    }

    @Test("who moves the clock beside others moves it all the same")
    func concurrency() async throws {
        let clock = ManualClock()
        let woken = Counter()
        await withDiscardingTaskGroup { group in
            for number in 1...100 {
                group.addTask {
                    try? await clock.sleep(for: .milliseconds(number))
                    woken.increment()
                }
                group.addTask { clock.advance(by: .milliseconds(1)) }
            }
            // Whoever fell asleep late is still to be woken.
            group.addTask {
                while woken.value < 100 {
                    clock.advanceToNextDeadline()
                    await Task.yield()
                }
            }
        }
        #expect(woken.value == 100)
        #expect(clock.now.offset >= .milliseconds(100))
    }

    private final class Counter: Sendable {
        private let count = Atomic<Int>(0)

        var value: Int { count.load(ordering: .relaxed) }

        func increment() { count.add(1, ordering: .relaxed) }
    }
}
