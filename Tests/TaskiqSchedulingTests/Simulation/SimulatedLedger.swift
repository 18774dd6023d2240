// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

@testable import TaskiqScheduling

/// A ledger that checks all it is told, and keeps the truth about every slot.
struct SimulatedLedger {
    struct Row {
        let instant: Timestamp
        /// More than one for a row that stands for others.
        let slotCount: Int
        /// The first slot that it stands for.
        let first: Timestamp
    }

    /// A timing in force from an instant on.
    struct Version {
        let schedule: Schedule
        let fingerprint: String
        let effective: Timestamp
        /// Up to where it is decided.
        var decided: Timestamp
    }

    let limits: Planner.Limits
    private(set) var states: [ScheduleID: ScheduleState] = [:]
    private(set) var versions: [ScheduleID: [Version]] = [:]
    private(set) var rows: [ScheduleID: [Row]] = [:]
    private(set) var firedCount = 0
    private(set) var missedCount = 0
    private(set) var faults: [String] = []
    private var decided: Set<Slot> = []
    /// Slots that may rightly be proposed again: the clock was behind them when the timing was changed.
    private var excused: Set<Slot> = []
    private var versionOfGeneration: [UInt64: Int] = [:]

    init(limits: Planner.Limits) {
        self.limits = limits
    }

    /// The planner was rebuilt, and counts its generations anew.
    mutating func forgetGenerations() {
        versionOfGeneration = [:]
    }

    mutating func accept(_ plan: FirePlan, tasks: [UInt64: PlannedSchedule], at now: Timestamp) {
        let request = plan.request
        expect(request.decisions.count <= limits.decisionsPerRequest, "too many decisions in one request")
        expect(request.states.count <= limits.decisionsPerRequest, "too many states in one request")
        let instants = request.decisions.map(\.slot.instant)
        expect(instants == instants.sorted(), "the decisions of a request are out of order")
        expect(plan.starts.isEmpty || request.decisions.isEmpty, "a start goes together with slots")
        for step in plan.closingSteps + plan.steps {
            guard let task = tasks[step.generation] else { continue }
            decide(step, of: task, request: request, at: now)
        }
        for (id, generation) in plan.starts { begin(id, generation: generation, plan: plan, tasks: tasks) }
        for (id, state) in request.states { states[id] = state }
    }

    private mutating func begin(
        _ id: ScheduleID,
        generation: UInt64,
        plan: FirePlan,
        tasks: [UInt64: PlannedSchedule]
    ) {
        guard let task = tasks[generation], let state = plan.request.states[id] else {
            return expect(false, "a start without a state")
        }
        excuse(id, after: state.cursor)
        let version = Version(
            schedule: task.task.schedule,
            fingerprint: state.fingerprint,
            effective: state.cursor,
            decided: state.cursor
        )
        versionOfGeneration[generation] = versions[id]?.count ?? 0
        versions[id, default: []].append(version)
    }

    private mutating func excuse(_ id: ScheduleID, after instant: Timestamp) {
        for row in rows[id] ?? [] where row.instant > instant {
            excused.insert(Slot(scheduleID: id, instant: row.instant))
        }
    }

    private mutating func decide(
        _ step: PlannedStep,
        of schedule: PlannedSchedule,
        request: FireRequest,
        at now: Timestamp
    ) {
        let id = step.id
        if versionOfGeneration[step.generation] == nil, schedule.isRecorded {
            versionOfGeneration[step.generation] = versions[id]?.lastIndex { $0.fingerprint == schedule.fingerprint }
        }
        // A version that was replaced before its start was recorded is known by its end only.
        if versionOfGeneration[step.generation] == nil {
            versionOfGeneration[step.generation] = versions[id]?.count ?? 0
            excuse(id, after: schedule.cursor)
            versions[id, default: []].append(
                Version(
                    schedule: schedule.task.schedule,
                    fingerprint: schedule.fingerprint,
                    effective: schedule.cursor,
                    decided: schedule.cursor
                )
            )
        }
        guard let index = versionOfGeneration[step.generation] else { return }
        let own = request.decisions.filter { decision in
            decision.slot.scheduleID == id && decision.slot.instant > schedule.cursor
                && decision.slot.instant <= step.cursor
        }
        for decision in own { record(decision, of: schedule, at: now) }
        if var version = versions[id]?[index] {
            version.decided = max(version.decided, step.cursor)
            versions[id]?[index] = version
        }
    }

    private mutating func record(_ decision: SlotDecision, of schedule: PlannedSchedule, at now: Timestamp) {
        let slot = decision.slot
        expect(slot.instant <= now || schedule.end != nil, "\(slot) was decided before its time")
        guard decided.insert(slot).inserted else {
            expect(excused.contains(slot), "\(slot) was proposed twice")
            // A shared row that meets an old one at its last slot is dropped with it. This takes a clock that was set
            // back, a change of the timing after that, and a long downtime after both.
            if let shared = Self.sharedRow(decision) { rows[slot.scheduleID, default: []].append(shared) }
            return
        }
        var row = Row(instant: slot.instant, slotCount: 1, first: slot.instant)
        switch decision.verdict {
        case .fired:
            firedCount += 1
            expect(now - slot.instant <= .seconds(3600), "\(slot) fired more than an hour late")
            let following = schedule.task.schedule.next(after: slot.instant)
            let horizon = schedule.end ?? now
            expect(following.map { $0 > horizon } ?? true, "\(slot) fired although a later slot was due")
            if let following {
                let period = following - slot.instant
                expect(now - slot.instant <= period, "\(slot) fired later than a period")
            }
        case .missed(let reason):
            missedCount += 1
            expect(!reason.isEmpty, "\(slot) was missed without a reason")
            row = Self.sharedRow(decision) ?? row
        }
        rows[slot.scheduleID, default: []].append(row)
    }

    /// The row that stands for others: "stands for 12 slots from A to B, all missed: …".
    private static func sharedRow(_ decision: SlotDecision) -> Row? {
        guard let reason = decision.reason, reason.hasPrefix("stands for ") else { return nil }
        let words = reason.split(separator: " ")
        guard let count = Int(words[2]), let first = Timestamp(String(words[5])) else { return nil }
        return Row(instant: decision.slot.instant, slotCount: count, first: first)
    }

    /// Checks that each slot of each version, from its start to where it is decided, has one row.
    mutating func checkRows() {
        for (id, versions) in versions {
            let rows = rows[id] ?? []
            let single = Set(rows.filter { $0.slotCount == 1 }.map(\.instant))
            let shared = rows.filter { $0.slotCount > 1 }
            for version in versions {
                var counts = [Int](repeating: 0, count: shared.count)
                var current = version.schedule.next(after: version.effective)
                while let slot = current, slot <= version.decided {
                    let owners = shared.indices.filter { shared[$0].first <= slot && slot <= shared[$0].instant }
                    for owner in owners { counts[owner] += 1 }
                    let number = owners.count + (single.contains(slot) ? 1 : 0)
                    // Rows of other versions may lie at the same instants where the clock was set back between them.
                    expect(number >= 1, "slot \(slot) of \(id) has no row")
                    expect(number == 1 || versions.count > 1, "slot \(slot) of \(id) has \(number) rows")
                    current = version.schedule.next(after: slot)
                }
                if versions.count == 1 {
                    expect(
                        counts == shared.map(\.slotCount),
                        "a row of \(id) stands for \(counts) slots and says otherwise"
                    )
                }
            }
        }
    }

    /// Whether a slot has a row, of its own or shared.
    func hasRow(_ slot: Slot) -> Bool {
        decided.contains(slot)
            || (rows[slot.scheduleID] ?? []).contains { $0.first <= slot.instant && slot.instant <= $0.instant }
    }

    mutating func expect(_ condition: Bool, _ fault: @autoclosure () -> String) {
        if !condition, faults.count < 20 { faults.append(fault()) }
    }
}
