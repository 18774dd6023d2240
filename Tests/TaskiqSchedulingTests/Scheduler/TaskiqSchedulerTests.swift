// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import ServiceLifecycle
import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqScheduling

@Suite("Scheduler", .timeLimit(.minutes(5)))
struct TaskiqSchedulerTests {
    private let recorder = Recorder()
    private let ledger = FailingLedger()
    private let clock: ManualSchedulerClock

    init() throws {
        clock = ManualSchedulerClock(try at("12:00:00"))
    }

    /// Runs a scheduler over sources while a test goes on, and stops it.
    private func withScheduler(
        _ sources: [any ScheduleSource],
        ledger: (any SlotLedger)? = nil,
        configuration: TaskiqScheduler.Configuration = .init(),
        _ body: () async throws -> Void
    ) async throws {
        var logger = Logger(label: "tests")
        logger.logLevel = .critical
        let scheduler = TaskiqScheduler(
            sources: sources,
            ledger: ledger ?? self.ledger,
            clock: clock,
            configuration: configuration,
            observer: recorder,
            logger: logger
        )
        let group = ServiceGroup(services: [scheduler], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(clock.deadlines.isEmpty, "nobody sleeps after the shutdown")
    }

    @Test("fires each slot at its instant")
    func fires() async throws {
        let source = InMemoryScheduleSource([task("a", .every(.seconds(60))), task("b", .every(.seconds(90)))])
        try await withScheduler([source]) {
            await clock.someoneSleeps(until: try at("12:01:00"))
            clock.advance(to: try at("12:00:59.999"))
            clock.advance(to: try at("12:01:00"))
            await clock.someoneSleeps(until: try at("12:01:30"))
            clock.advance(to: try at("12:01:30"))
            await clock.someoneSleeps(until: try at("12:02:00"))
            clock.advance(to: try at("12:02:00"))
            await recorder.wait(for: "a fired 12:02:00")
        }
        #expect(recorder.lines == ["memory: 2", "a fired 12:01:00", "b fired 12:01:30", "a fired 12:02:00"])
        #expect(ledger.messages.map { $0.labels[.scheduleID] } == ["a", "b", "a"])
        #expect(try await ledger.scheduleStates()["a"]?.cursor == at("12:02:00"))
    }

    @Test("goes on from the ledger's states after a restart")
    func restart() async throws {
        let schedule = Schedule.every(.seconds(600))
        let state = ScheduleState(cursor: try at("11:30:00"), fingerprint: schedule.fingerprint)
        let source = InMemoryScheduleSource([task("a", schedule)])
        try await withScheduler([source], ledger: FailingLedger(states: ["a": state])) {
            await recorder.wait(for: "a fired 12:00:00")
        }
        #expect(recorder.lines == ["memory: 1", "a missed 11:40:00", "a missed 11:50:00", "a fired 12:00:00"])
    }

    @Test("takes in additions, changes and deletions while it sleeps")
    func reload() async throws {
        let source = InMemoryScheduleSource()
        try await withScheduler([source]) {
            await recorder.wait(for: "memory: 0")
            source.add(task("a", .every(.seconds(60))))
            await clock.someoneSleeps(until: try at("12:01:00"))
            source.add(task("a", .every(.seconds(1800))))
            await clock.someoneSleeps(until: try at("12:30:00"))
            clock.advance(to: try at("12:30:00"))
            await recorder.wait(for: "a fired 12:30:00")
            source.delete("a")
            await recorder.wait { $0.last == "memory: 0" && $0.count > 1 }
        }
        #expect(recorder.lines == ["memory: 0", "memory: 1", "memory: 1", "a fired 12:30:00", "memory: 0"])
    }

    @Test("follows time zones that are updated while it runs, from that moment on")
    func zoneUpdate() async throws {
        let zones = try TemporaryZones()
        try zones.put("Asia/Tokyo", as: "Scheduler/There")
        let schedule = try Schedule.cron("0 22 * * *", zone: zones.zone("Scheduler/There"))
        let source = InMemoryScheduleSource([task("a", schedule)])
        var configuration = TaskiqScheduler.Configuration()
        configuration.zoneCheckInterval = .milliseconds(5)
        try await withScheduler([source], configuration: configuration) {
            await clock.someoneSleeps(until: try at("13:00:00"))
            clock.advance(to: try at("13:00:00"))
            await recorder.wait(for: "a fired 13:00:00")
            // It becomes 14 o'clock there, and 22 o'clock comes again today.
            try zones.put("Europe/Berlin", as: "Scheduler/There")
            await clock.someoneSleeps(until: try at("21:00:00"))
            clock.advance(to: try at("21:00:00"))
            await recorder.wait(for: "a fired 21:00:00")
            // A source that still has the zone as it was changes nothing.
            source.add(task("b", .at(try at("12:00:00") + .seconds(30 * 86_400))))
            await recorder.wait(for: "memory: 2")
            await clock.someoneSleeps(until: try at("21:00:00") + .seconds(86_400))
        }
        #expect(recorder.lines == ["memory: 1", "a fired 13:00:00", "a fired 21:00:00", "memory: 2"])
    }

    @Test("keeps the last schedules of a source that fails")
    func failingSource() async throws {
        let source = FickleSource([task("a", .every(.seconds(60)))])
        let other = InMemoryScheduleSource([task("b", .every(.seconds(60)))])
        try await withScheduler([source, other]) {
            await clock.someoneSleeps(until: try at("12:01:00"))
            source.fail("disk full")
            await recorder.wait(for: "fickle: 1, error: disk full")
            clock.advance(to: try at("12:01:00"))
            await recorder.wait { $0.contains("a fired 12:01:00") && $0.contains("b fired 12:01:00") }
            source.fail(nil)
            await recorder.wait { $0.last == "fickle: 1" }
        }
    }

    @Test("reads a source again that failed at the start, without being told")
    func failingAtStart() async throws {
        let source = FickleSource([task("a", .every(.seconds(60)))])
        source.fail("not yet")
        try await withScheduler([source]) {
            await recorder.wait(for: "fickle: 0, error: not yet")
            await clock.someoneSleeps(until: try at("12:00:01"))
            clock.advance(to: try at("12:00:01"))
            await recorder.wait { $0 == ["fickle: 0, error: not yet", "fickle: 0, error: not yet"] }
            await clock.someoneSleeps(until: try at("12:00:03"))
        }
    }

    @Test("waits for its sources at the start, but not for ever")
    func silentSource() async throws {
        let source = InMemoryScheduleSource([task("a", .every(.seconds(60)))])
        try await withScheduler([SilentSource(), source]) {
            await clock.someoneSleeps(until: try at("12:00:05"))
            #expect(recorder.lines.isEmpty)
            clock.advance(to: try at("12:00:05"))
            await clock.someoneSleeps(until: try at("12:01:00"))
            clock.advance(to: try at("12:01:00"))
            await recorder.wait(for: "a fired 12:01:00")
        }
    }

    @Test("reports duplicates to the source whose schedule is not in force")
    func duplicates() async throws {
        let first = InMemoryScheduleSource(name: "first", [task("a", .every(.seconds(60)), origin: "one")])
        let second = InMemoryScheduleSource(name: "second", [task("a", .every(.seconds(7)), origin: "two")])
        try await withScheduler([first, second]) {
            await clock.someoneSleeps(until: try at("12:01:00"))
        }
        #expect(recorder.lines == ["first: 1", "second: 1, problems: 1"])
    }

    @Test("asks a ledger that fails again and again, ever more slowly, and loses nothing")
    func failingLedger() async throws {
        let source = InMemoryScheduleSource([task("a", .every(.seconds(60)))])
        try await withScheduler([source]) {
            await clock.someoneSleeps(until: try at("12:01:00"))
            ledger.fail(true)
            clock.advance(to: try at("12:01:00"))
            for (failures, retry) in [
                "12:01:00.100", "12:01:00.300", "12:01:00.700", "12:01:01.500", "12:01:03.100", "12:01:06.300",
                "12:01:11.300", "12:01:16.300",
            ].enumerated() {
                let retry = try at(retry)
                await recorder.wait(for: "failed \(failures + 1), again at \(retry)")
                await clock.someoneSleeps(until: retry)
                clock.advance(to: retry)
            }
            await recorder.wait { $0.contains { $0.hasPrefix("failed 9") } }
            ledger.fail(false)
            await clock.someoneSleeps(until: try at("12:01:21.300"))
            clock.advance(to: try at("12:01:21.300"))
            await recorder.wait(for: "a fired 12:01:00")
        }
        #expect(ledger.messages.count == 1)
    }

    @Test("fires nothing twice when the clock is set back, and retries at once by the new time")
    func clockSetBack() async throws {
        let source = InMemoryScheduleSource([task("a", .every(.seconds(60)))])
        try await withScheduler([source]) {
            await clock.someoneSleeps(until: try at("12:01:00"))
            clock.advance(to: try at("12:01:00"))
            await clock.someoneSleeps(until: try at("12:02:00"))
            clock.set(to: try at("11:00:00"))
            await clock.someoneSleeps(until: try at("12:02:00"))
            clock.set(to: try at("12:05:30"))
            await recorder.wait(for: "a fired 12:05:00")
        }
        #expect(
            recorder.lines == [
                "memory: 1", "a fired 12:01:00", "a missed 12:02:00", "a missed 12:03:00", "a missed 12:04:00",
                "a fired 12:05:00",
            ]
        )
    }

    @Test("a retry does not wait for an instant of the old time")
    func clockSetBackInRetry() async throws {
        let source = InMemoryScheduleSource([task("a", .every(.seconds(60)))])
        try await withScheduler([source]) {
            await clock.someoneSleeps(until: try at("12:01:00"))
            ledger.fail(true)
            clock.advance(to: try at("12:01:00"))
            await clock.someoneSleeps(until: try at("12:01:00.100"))
            clock.set(to: try at("12:00:59.500"))
            await recorder.wait(for: "failed 2, again at 2026-03-10T12:00:59.700Z")
        }
    }

    @Test("ends when its task is cancelled")
    func cancelled() async throws {
        let scheduler = TaskiqScheduler(
            sources: [InMemoryScheduleSource([task("a", .every(.seconds(60)))])],
            ledger: ledger,
            clock: clock
        )
        let running = Task { try await scheduler.run() }
        await clock.someoneSleeps(until: try at("12:01:00"))
        running.cancel()
        try await running.value
        #expect(clock.deadlines.isEmpty)
    }
}
