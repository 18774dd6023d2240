// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TestSupport
import Testing

@testable import Taskiq

@Suite("Schedules")
struct ScheduleTests {
    private func time(_ text: String) throws -> Timestamp { try Timestamp(parsing: text) }

    @Test(
        "an interval is counted from the epoch, before it as well",
        arguments: [
            (30_000, 0, 30_000), (30_000, 1, 30_000), (30_000, 29_999, 30_000), (30_000, -1, 0), (30_000, -30_000, 0),
            (30_000, -30_001, -30_000), (100, 1_700_000_000_050, 1_700_000_000_100),
            (86_400_000, -62_135_596_800_000, -62_135_510_400_000),
        ] as [(Int64, Int64, Int64)]
    )
    func interval(period: Int64, after: Int64, wanted: Int64) {
        let schedule = Schedule.every(.milliseconds(period))
        #expect(
            schedule.next(after: Timestamp(millisecondsSinceEpoch: after)) == Timestamp(millisecondsSinceEpoch: wanted)
        )
    }

    @Test("an interval keeps the phase of its anchor, on both sides of it", arguments: 1...50 as ClosedRange<UInt64>)
    func anchors(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let period = Int64.random(in: 100...100_000_000, using: &generator)
        let anchor = Timestamp(
            millisecondsSinceEpoch: .random(in: -4_000_000_000_000...4_000_000_000_000, using: &generator)
        )
        let instant = Timestamp(
            millisecondsSinceEpoch: .random(in: -4_000_000_000_000...4_000_000_000_000, using: &generator)
        )
        let next = try #require(try Schedule(.interval(.milliseconds(period), anchor: anchor)).next(after: instant))
        #expect(next > instant)
        #expect(next.millisecondsSinceEpoch - instant.millisecondsSinceEpoch <= period)
        #expect((next.millisecondsSinceEpoch - anchor.millisecondsSinceEpoch) % period == 0)
    }

    @Test("at the end of time there is no next one, and nothing overflows")
    func overflow() throws {
        #expect(Schedule.every(.seconds(1)).next(after: .latest) == nil)
        #expect(Schedule.every(.seconds(3600)).next(after: .latest) == nil)
        #expect(Schedule.every(.seconds(Int64.max)).next(after: .earliest) != nil)
        #expect(Schedule.every(.seconds(Int64.max)).next(after: .epoch) == nil)
        let anchored = try Schedule(.interval(.seconds(86_400), anchor: .latest))
        #expect(anchored.next(after: .earliest) != nil)
        #expect(anchored.next(after: .latest) == nil)
        let early = try Schedule(.interval(.seconds(86_400), anchor: .earliest))
        #expect(early.next(after: .latest) == nil)
        #expect(
            early.next(after: .earliest)
                == Timestamp(millisecondsSinceEpoch: Timestamp.earliest.millisecondsSinceEpoch + 86_400_000)
        )
    }

    @Test("a cron schedule takes the first of its expressions, in its zone")
    func cron() throws {
        let start = try time("2026-03-28T23:00:00Z")
        #expect(try Schedule.cron("30 2 * * *").next(after: start) == time("2026-03-29T02:30:00Z"))
        let zone = try Zone(identifier: "+02:00")
        #expect(try Schedule.cron("30 2 * * *", zone: zone).next(after: start) == time("2026-03-29T00:30:00Z"))
        let both = try Schedule(.cron([CronExpression("0 12 * * *"), CronExpression("0 6 * * *")], .utc))
        #expect(try both.next(after: start) == time("2026-03-29T06:00:00Z"))
        #expect(throws: CronError.self) { try Schedule.cron("61 * * * *") }
    }

    @Test("a schedule for one instant is due once")
    func once() throws {
        let noon = try time("2026-01-01T12:00:00Z")
        #expect(Schedule.at(noon).next(after: .epoch) == noon)
        #expect(Schedule.at(noon).next(after: noon) == nil)
    }

    @Test("what cannot be a schedule is refused")
    func invalid() {
        for interval in [Duration.milliseconds(99), .zero, .seconds(-1), .seconds(Int64.max)] {
            let error = #expect(throws: TaskiqError.self) { try Schedule(.interval(interval, anchor: .epoch)) }
            #expect(error?.code == .configuration)
        }
        #expect(throws: TaskiqError.self) { try Schedule(.cron([], .utc)) }
        #expect(Schedule.every(.milliseconds(1)) == Schedule.every(.milliseconds(100)))
    }

    @Test("descriptions for people")
    func descriptions() throws {
        #expect("\(Schedule.every(.seconds(30)))" == "every 30 s")
        #expect("\(Schedule.every(.seconds(150)))" == "every 2 min 30 s")
        #expect("\(try Schedule.cron("0 4 * * *"))" == "cron 0 4 * * *")
        #expect("\(try Schedule.cron("0 4 * * *", zone: Zone(identifier: "+02:00")))" == "cron 0 4 * * * in +02:00")
        #expect("\(Schedule.at(try time("2026-12-01T06:00:00Z")))" == "at 2026-12-01T06:00:00Z")
    }

    @Test("the id of a slot's task is the same for ever")
    func slotIDs() throws {
        let slot = Slot(scheduleID: "nightly", instant: try time("2026-11-22T04:00:00Z"))
        #expect(slot.taskID == "d7898fe8fd5bfcb219d0afd91321e94b")
        #expect(Slot(scheduleID: "", instant: .epoch).taskID == "9ab8c01f7b6518965fbf5ffb53008286")
        // The id of a schedule and the instant are kept apart, and each matters.
        let ids = ["a", "a1", "1"].flatMap { name in
            [0, 1, 11, 111].map {
                Slot(scheduleID: ScheduleID(rawValue: name), instant: Timestamp(millisecondsSinceEpoch: $0)).taskID
            }
        }
        #expect(Set(ids).count == 12)
    }
}
