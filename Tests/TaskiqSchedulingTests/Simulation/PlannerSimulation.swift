// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TestSupport

@testable import TaskiqScheduling

/// A scheduler's life in which everything goes wrong, made from a seed.
struct PlannerSimulation {
    private enum LedgerMood {
        case willing, refusing, losingAnswers
    }

    private var random: SeededGenerator
    private var now: Timestamp
    private var planner: Planner
    private(set) var ledger: SimulatedLedger
    private var mood = LedgerMood.willing
    private var tasks: [ScheduledTask] = []
    /// The schedule that was removed last; it may come back.
    private var removed: ScheduledTask?
    /// Slots that were due when their schedule was removed or changed, and that the planner still has to decide.
    private var owed: [Slot] = []
    /// Whether the ledger may have accepted a plan without saying so.
    private var isInDoubt = false
    private let isFast: Bool
    private let limits: Planner.Limits

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        now = try at("12:00:00")
        // Fast schedules would have millions of slots in slow times.
        isFast = random.chance(50)
        var limits = Planner.Limits()
        if random.chance(70) {
            limits.decisionsPerRequest = Int.random(in: 1...8, using: &random)
            limits.rowsPerSchedule = Int.random(in: 1...20, using: &random)
        }
        self.limits = limits
        planner = Planner(limits: limits)
        ledger = SimulatedLedger(limits: limits)
    }

    /// Lives through so many events, and ends in good health.
    mutating func run(events: Int) throws {
        for _ in 0..<events { try step() }
        decideAll(.willing)
        ledger.expect(planner.nextWake.map { $0 > now } ?? true, "something is left due at the end")
        for slot in owed {
            ledger.expect(ledger.hasRow(slot), "\(slot) was due before its schedule's end and has no row")
        }
        for task in tasks {
            let cursor = ledger.states[task.id]?.cursor ?? now
            let next = task.schedule.next(after: cursor)
            ledger.expect(next.map { $0 > now } ?? true, "\(task.id) is behind at the end")
        }
        ledger.checkRows()
    }

    private mutating func step() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<12: try addTask()
        case 12..<18: removeTask()
        case 18..<26: try changeTiming()
        case 26..<30: changeArguments()
        case 30..<40: restart(after: randomPause(), editing: random.chance(30))
        case 40..<60: advanceSmoothly(by: randomPause() * 0.2)
        case 60..<70: now = now + randomPause()
        case 70..<76: now = now - .milliseconds(Int64.random(in: 1...7_200_000, using: &random))
        default: now = now + .milliseconds(Int64.random(in: 1...120_000, using: &random))
        }
        // Outages last for several events.
        if random.chance(35) {
            mood = [.willing, .willing, .refusing, .losingAnswers].randomElement(using: &random) ?? .willing
        }
        decideAll(mood)
    }

    // MARK: Time

    private mutating func randomPause() -> Duration {
        .milliseconds(
            Int64.random(in: 1...(isFast ? 9_000_000 : random.chance(20) ? 3_000_000_000 : 90_000_000), using: &random)
        )
    }

    /// Lets time pass with a scheduler that is awake and a ledger that is willing: every slot fires, at its instant.
    private mutating func advanceSmoothly(by pause: Duration) {
        decideAll(.willing)
        let end = now + pause
        var wakes = 0
        while let wake = planner.nextWake, wake <= end, wakes < 200 {
            ledger.expect(wake > now, "a wake-up for nothing")
            now = max(now, wake)
            let before = (ledger.firedCount, ledger.missedCount)
            decideAll(.willing)
            ledger.expect(ledger.missedCount == before.1, "a slot was missed although the scheduler was awake")
            // A slot may have been decided before under another timing.
            wakes += 1
        }
        if wakes < 200 { now = end }
    }

    private mutating func restart(after pause: Duration, editing: Bool) {
        now = now + pause
        if editing, !tasks.isEmpty, let other = try? randomSchedule() {
            tasks[Int.random(in: tasks.indices, using: &random)].schedule = other
        }
        planner = Planner(limits: limits)
        ledger.forgetGenerations()
        // What was not recorded died with the process.
        owed = []
        isInDoubt = false
        update()
    }

    // MARK: Edits

    private mutating func addTask() throws {
        if let task = removed, random.chance(50), !tasks.contains(where: { $0.id == task.id }) {
            tasks.append(task)
            return update()
        }
        let names = ["a", "b", "c", "d", "e", "f"].filter { name in !tasks.contains { $0.id.rawValue == name } }
        guard let name = names.randomElement(using: &random) else { return }
        let schedule = try randomSchedule()
        tasks.append(task(ScheduleID(rawValue: name), schedule))
        update()
    }

    private mutating func removeTask() {
        guard !tasks.isEmpty else { return }
        let task = tasks.remove(at: Int.random(in: tasks.indices, using: &random))
        removed = task
        oweDueSlots(of: task.id)
        update()
    }

    private mutating func changeTiming() throws {
        guard !tasks.isEmpty else { return }
        let index = Int.random(in: tasks.indices, using: &random)
        let schedule = try randomSchedule()
        guard schedule.fingerprint != tasks[index].schedule.fingerprint else { return }
        oweDueSlots(of: tasks[index].id)
        tasks[index].schedule = schedule
        update()
    }

    private mutating func changeArguments() {
        guard !tasks.isEmpty else { return }
        tasks[Int.random(in: tasks.indices, using: &random)].args = [.int(Int.random(in: 0...9, using: &random))]
        update()
    }

    private mutating func update() {
        let before = planner.running
        let ending = Set(planner.closing.map(\.id))
        _ = planner.update(tasks, states: ledger.states, now: now)
        for schedule in planner.running.values where !schedule.isRecorded && !ending.contains(schedule.id) {
            if case .once = schedule.task.schedule.trigger { continue }
            guard before[schedule.id]?.generation != schedule.generation else { continue }
            ledger.expect(schedule.cursor == now, "\(schedule.id) does not start at its edit")
        }
    }

    private mutating func oweDueSlots(of id: ScheduleID) {
        guard let schedule = planner.running[id] else { return }
        var current = schedule.task.schedule.next(after: schedule.cursor)
        while let slot = current, slot <= now {
            owed.append(Slot(scheduleID: id, instant: slot))
            current = schedule.task.schedule.next(after: slot)
        }
    }

    private mutating func randomSchedule() throws -> Schedule {
        let anchor = Timestamp(millisecondsSinceEpoch: Int64.random(in: 0...10_000_000, using: &random))
        let zones = [Zone.utc, Zone(offsetSeconds: 19_800) ?? .utc, Zone(offsetSeconds: -10_800) ?? .utc]
        let zone = zones.randomElement(using: &random) ?? .utc
        if random.chance(20) {
            return .at(now + .milliseconds(Int64.random(in: -10_000_000...10_000_000, using: &random)))
        }
        if random.chance(50) {
            let seconds: [Int64] = isFast ? [1, 7, 60, 90, 900] : [900, 3600, 7200, 21_600, 86_400]
            return try Schedule(.interval(.seconds(seconds.randomElement(using: &random) ?? 900), anchor: anchor))
        }
        let texts =
            isFast
            ? ["* * * * *", "*/5 * * * *", "1-3 * * * *", "0 * * * *"]
            : ["0 * * * *", "30 2 * * *", "15 10 * * MON-FRI", "0 0 1 * *", "0 */6 * * *", "59 23 29 2 *"]
        return try .cron(texts.randomElement(using: &random) ?? "0 * * * *", zone: zone)
    }

    // MARK: Deciding

    private mutating func decideAll(_ mood: LedgerMood) {
        if isInDoubt {
            if mood == .refusing { return }
            planner.learn(ledger.states)
            isInDoubt = false
        }
        while let plan = planner.due(at: now) {
            var byGeneration = Dictionary(uniqueKeysWithValues: planner.running.values.map { ($0.generation, $0) })
            for schedule in planner.closing { byGeneration[schedule.generation] = schedule }
            switch mood {
            case .losingAnswers where random.chance(50):
                ledger.accept(plan, tasks: byGeneration, at: now)
                planner.retry(plan)
                isInDoubt = true
                return
            case .willing, .losingAnswers:
                ledger.accept(plan, tasks: byGeneration, at: now)
                planner.confirm(plan)
            case .refusing:
                planner.retry(plan)
                isInDoubt = true
                return
            }
        }
    }
}
