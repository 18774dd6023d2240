// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqScheduling

@Suite("Planner: edits, removals and duplicates")
struct PlannerEditTests {
    /// A planner with one schedule, every ten minutes from 12:00, that has just been recorded.
    private func planner(_ tasks: ScheduledTask...) throws -> Planner {
        var planner = Planner()
        _ = planner.update(tasks, now: try at("12:00:00"))
        _ = planner.settle(at: try at("12:00:00"))
        return planner
    }

    private let tenMinutes = Schedule.every(.seconds(600))

    @Test("a changed timing starts at the moment of the change")
    func timing() throws {
        var planner = try planner(task("a", tenMinutes))
        _ = planner.update([task("a", .every(.seconds(900)))], now: try at("12:08:00"))
        #expect(planner.settle(at: try at("12:15:00")).map(\.summary) == ["fired 12:15:00"])
    }

    @Test("new data of a time zone are a change of timing: past times of the new clock are no slots")
    func zoneData() throws {
        let zones = try TemporaryZones()
        try zones.put("Europe/Berlin", as: "Planner/There")
        let before = try zones.zone("Planner/There")
        let schedule = try Schedule.cron("0 12 * * *", zone: before)
        var planner = try planner(task("a", schedule))
        #expect(planner.nextSlot(of: "a") == (try at("11:00:00")) + .seconds(86_400))

        try zones.put("Asia/Tokyo", as: "Planner/There")
        Zone.reloadChanged()
        let after = ["Planner/There": try zones.zone("Planner/There")]
        // At 12:08 UTC it is 21:08 there: noon, at 03:00 UTC, is over.
        _ = planner.update([task("a", schedule.inZone(of: after))], now: try at("12:08:00"))
        #expect(planner.settle(at: try at("12:08:00")).isEmpty)
        #expect(planner.nextSlot(of: "a") == (try at("03:00:00")) + .seconds(86_400))
        let unchanged = try Schedule.cron("0 12 * * *", zone: Zone(identifier: "Europe/Berlin"))
        #expect(unchanged.inZone(of: after) == unchanged)
    }

    @Test("another policy for jumps of the clock is a change of timing")
    func transitionPolicy() throws {
        let berlin = try Zone(identifier: "Europe/Berlin")
        let usual = try Schedule.cron("30 2 * * *", zone: berlin)
        let skipping = try Schedule.cron("30 2 * * *", zone: berlin, transitions: .init(gap: .skip))
        #expect(usual.fingerprint != skipping.fingerprint)
        let eve = try Timestamp(parsing: "2026-03-28T12:00:00Z")
        #expect(usual.next(after: eve) == (try Timestamp(parsing: "2026-03-29T01:00:00Z")))
        #expect(skipping.next(after: eve) == (try Timestamp(parsing: "2026-03-30T00:30:00Z")))
    }

    @Test("a timing changed during a downtime starts at the restart")
    func timingOverRestart() throws {
        var planner = Planner()
        let state = ScheduleState(cursor: try at("10:00:00"), fingerprint: tenMinutes.fingerprint)
        _ = planner.update([task("a", .every(.seconds(900)))], states: ["a": state], now: try at("12:00:00"))
        #expect(planner.settle(at: try at("12:15:00")).map(\.summary) == ["fired 12:15:00"])
    }

    @Test("new arguments keep the cursor and are sent with the next slot")
    func arguments() throws {
        var planner = try planner(task("a", tenMinutes, args: [.int(1)]))
        _ = planner.update([task("a", tenMinutes, args: [.int(2)])], now: try at("12:10:05"))
        let decisions = planner.settle(at: try at("12:10:06"))
        #expect(decisions.map(\.summary) == ["fired 12:10:00"])
        let message = try #require(decisions.first?.message)
        #expect(try JSONFormatter().loads(message.message).args.map(\.text) == ["2"])
        #expect(planner.due(at: try at("12:10:06")) == nil, "the edit starts no new version")
    }

    @Test("slots that were due before a removal or a change are still decided")
    func dueBeforeTheEnd() throws {
        var planner = try planner(task("a", tenMinutes), task("b", tenMinutes))
        // The ledger was away at 12:10; then one was removed and the other one changed.
        _ = planner.update([task("b", .every(.seconds(900)))], now: try at("12:12:00"))
        let decisions = planner.settle(at: try at("12:31:00"))
        let all = decisions.map { "\($0.slot.scheduleID) \($0.summary)" }
        #expect(
            all == ["a missed 12:10:00", "b missed 12:10:00", "b missed 12:15:00", "b fired 12:30:00"],
            "after one period the old version's slot is too late, and its later slots are none"
        )
        #expect(planner.closing.isEmpty)
    }

    @Test("a slot that was due before a removal fires within its window")
    func closingFires() throws {
        var planner = try planner(task("a", tenMinutes))
        _ = planner.update([], now: try at("12:10:01"))
        #expect(planner.nextWake == .earliest)
        #expect(planner.settle(at: try at("12:10:02")).map(\.summary) == ["fired 12:10:00"])
        #expect(planner.nextWake == nil)
    }

    @Test("a schedule that disappears and comes back goes on from its cursor")
    func comesBack() throws {
        var planner = try planner(task("a", tenMinutes))
        #expect(planner.settle(at: try at("12:10:00")).map(\.summary) == ["fired 12:10:00"])
        _ = planner.update([], now: try at("12:15:00"))
        #expect(planner.settle(at: try at("12:30:00")).isEmpty)
        let state = ScheduleState(cursor: try at("12:10:00"), fingerprint: tenMinutes.fingerprint)
        _ = planner.update([task("a", tenMinutes)], states: ["a": state], now: try at("12:35:00"))
        #expect(planner.settle(at: try at("12:35:00")).map(\.summary) == ["missed 12:20:00", "fired 12:30:00"])
    }

    @Test("one that comes back before the ledger has heard of its removal is decided once")
    func comesBackAtOnce() throws {
        var planner = try planner(task("a", tenMinutes))
        _ = planner.update([], now: try at("12:10:01"))
        let stale = ScheduleState(cursor: try at("12:00:00"), fingerprint: tenMinutes.fingerprint)
        _ = planner.update([task("a", tenMinutes)], states: ["a": stale], now: try at("12:10:02"))
        #expect(planner.settle(at: try at("12:10:03")).map(\.summary) == ["fired 12:10:00"])
    }

    @Test("a one-off that is moved into the past is reported")
    func passed() throws {
        let late = try at("13:00:00")
        let early = try at("11:00:00")
        var planner = try planner(task("a", .at(late)))
        let problems = planner.update([task("a", .at(early))], now: try at("12:10:00"))
        #expect(problems == [ScheduleProblem(id: "a", origin: "here", kind: .passed(early))])
        #expect(planner.settle(at: try at("13:10:00")).isEmpty)
    }

    @Test("of two schedules with one id the first one is in force at a cold start")
    func duplicateAtStart() throws {
        var planner = Planner()
        let first = task("a", tenMinutes, origin: "first.yaml:1")
        let second = task("a", .every(.seconds(60)), origin: "second.yaml:1")
        let problems = planner.update([[first], [second]], states: [:], now: try at("12:00:00"))
        #expect(problems == [ScheduleProblem(id: "a", origin: "second.yaml:1", kind: .duplicate(of: "first.yaml:1"))])
        #expect(
            problems.first?.description
                == "second.yaml:1: schedule \"a\" is not in force, because first.yaml:1 has the same id; "
                + "give one of them another id"
        )
        #expect(planner.nextSlot(of: "a") == (try at("12:10:00")))
    }

    @Test("of two schedules with one id the running one stays")
    func duplicateLater() throws {
        var planner = Planner()
        let running = task("a", tenMinutes, origin: "b.yaml:1")
        let intruder = task("a", .every(.seconds(60)), origin: "a.yaml:1")
        _ = planner.update([[], [running]], states: [:], now: try at("12:00:00"))
        let problems = planner.update([[intruder], [running]], states: [:], now: try at("12:00:30"))
        #expect(problems == [ScheduleProblem(id: "a", origin: "a.yaml:1", kind: .duplicate(of: "b.yaml:1"))])
        #expect(planner.nextSlot(of: "a") == (try at("12:10:00")))
        // It takes over when the running one goes.
        #expect(planner.update([[intruder], []], states: [:], now: try at("12:01:30")).isEmpty)
        #expect(planner.nextSlot(of: "a") == (try at("12:02:00")))
    }

    @Test("within one source the running one is known by what it says, not by its line")
    func duplicateInOneSource() throws {
        var planner = Planner()
        let running = task("a", tenMinutes, origin: "a.yaml:1")
        _ = planner.update([running], now: try at("12:00:00"))
        let intruder = task("a", .every(.seconds(60)), origin: "a.yaml:1")
        let moved = task("a", tenMinutes, origin: "a.yaml:9")
        let problems = planner.update([intruder, moved], now: try at("12:00:30"))
        #expect(problems == [ScheduleProblem(id: "a", origin: "a.yaml:1", kind: .duplicate(of: "a.yaml:9"))])
        #expect(planner.nextSlot(of: "a") == (try at("12:10:00")))
    }
}
