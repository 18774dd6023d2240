// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqScheduling

@Suite("System clock", .timeLimit(.minutes(5)))
struct SystemSchedulerClockTests {
    @Test("never wakes anybody early")
    func notEarly() async throws {
        let clock = try SystemSchedulerClock()
        for milliseconds in [0, 1, 2, 5, 10] {
            let deadline = clock.now + .milliseconds(milliseconds)
            let reason = try await clock.sleep(until: deadline)
            #expect(reason == .clockWasSet || clock.now >= deadline)
        }
    }

    @Test("an instant in the past is over at once", arguments: [Timestamp.earliest, .epoch])
    func past(_ instant: Timestamp) async throws {
        #expect(try await SystemSchedulerClock().sleep(until: instant) == .reached)
    }

    @Test("serves many at a time, each in its turn")
    func many() async throws {
        let clock = try SystemSchedulerClock()
        let start = clock.now
        let early = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                // Not in the order of the deadlines.
                let deadline = start + .milliseconds((number * 37) % 100)
                group.addTask { try await clock.sleep(until: deadline) == .reached && clock.now < deadline }
            }
            return try await group.contains(true)
        }
        #expect(!early)
    }

    @Test("lets a cancelled task go, before and during its sleep")
    func cancelled() async throws {
        let clock = try SystemSchedulerClock()
        for _ in 0..<50 {
            let task = Task { try await clock.sleep(until: .latest) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        let other = Task { try await clock.sleep(until: .latest) }
        _ = try await clock.sleep(until: clock.now + .milliseconds(5))
        other.cancel()
        await #expect(throws: CancellationError.self) { try await other.value }
    }

    @Test("gives back its thread and descriptors")
    func lifetime() throws {
        // More than a process may have open at a time, as a rule.
        for _ in 0..<2000 { _ = try SystemSchedulerClock() }
    }
}
