// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TestSupport
import Testing

@testable import TaskiqScheduling

@Suite("Due slots")
struct DueSlotsTests {
    @Test("agree with counting one by one", arguments: 0..<60)
    func agree(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let schedules: [Schedule] = [
            .every(.milliseconds(Int64.random(in: 100...90_000, using: &random))),
            try .cron("*/5 9-17 * * MON-FRI"),
            try .cron("0,1,2 0 1 * *"),
            try .cron("* * * JAN *"),
        ]
        let start = try at("12:00:00")
        let chosen = try #require(schedules.randomElement(using: &random))
        let first = try #require(chosen.next(after: start))
        let horizon = first + .milliseconds(Int64.random(in: 0...40_000_000, using: &random))
        let limit = Int.random(in: 1...300, using: &random)

        var all = [first]
        var following = chosen.next(after: first)
        while let slot = following, slot <= horizon {
            all.append(slot)
            following = chosen.next(after: slot)
        }
        let due = DueSlots(of: chosen, from: first, through: horizon, limit: limit)
        #expect(due.newest == Array(all.suffix(limit)))
        #expect(due.following == following)
        let older = all.dropLast(limit)
        let span = older.last.map { last in
            DueSlots.Span(
                first: first,
                last: last,
                count: min(older.count, DueSlots.countingLimit),
                isCountExact: older.count <= DueSlots.countingLimit
            )
        }
        #expect(due.older == (span.map { older.count > DueSlots.countingLimit ? exact($0, chosen, older.count) : $0 }))
    }

    /// Intervals are counted by division, however many slots there are.
    private func exact(_ span: DueSlots.Span, _ schedule: Schedule, _ count: Int) -> DueSlots.Span {
        guard case .interval = schedule.trigger else { return span }
        return DueSlots.Span(first: span.first, last: span.last, count: count, isCountExact: true)
    }

    @Test("a cron schedule's slots are not counted for ever")
    func countingEnds() throws {
        let schedule = try Schedule.cron("* * * * *")
        let now = try at("12:00:00")
        let first = now - .seconds(60 * 150_000)
        let due = DueSlots(of: schedule, from: first, through: now, limit: 10)
        #expect(due.newest.count == 10)
        #expect(due.newest.last == now)
        #expect(due.older?.count == DueSlots.countingLimit)
        #expect(due.older?.isCountExact == false)
    }

    @Test("the end of time is no endless loop")
    func endOfTime() {
        let schedule = Schedule.every(.seconds(1))
        #expect(schedule.slot(after: .latest) == nil)
        let due = DueSlots(of: schedule, from: .latest, through: .latest, limit: 3)
        #expect(due.newest == [.latest])
        #expect(due.following == nil)
    }
}
