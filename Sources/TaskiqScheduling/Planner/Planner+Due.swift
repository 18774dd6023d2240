// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import HeapModule
package import Taskiq
package import TaskiqCron

extension Planner {
    /// Proposes what to decide now.
    ///
    /// A plan that is neither confirmed nor refused is withdrawn by the next one. A plan has at most as many decisions
    /// as the limits say, so ask until there is none.
    ///
    /// - Parameter now: the present instant.
    /// - Returns: the plan; nil when nothing is due.
    package mutating func due(at now: Timestamp) -> FirePlan? {
        withdraw()
        var plan = FirePlan(number: makeNumber())
        // One after the other, each in plans of its own: the ledger keeps one state per schedule, from which it can be
        // told what was accepted when an answer is lost, and the first state of a version that the ledger sees is
        // always the instant from which it is in force.
        decideClosing(at: now, in: &plan)
        if plan.isEmpty { recordStarts(in: &plan) }
        if plan.isEmpty { decideRunning(at: now, in: &plan) }
        guard !plan.isEmpty else { return nil }
        plan.request.decisions.sort { $0.slot.instant < $1.slot.instant }
        outstanding = plan
        return plan
    }

    /// Takes over what the ledger has accepted.
    ///
    /// - Parameter plan: the plan; one that was withdrawn in the meantime changes nothing.
    package mutating func confirm(_ plan: FirePlan) {
        guard let current = outstanding, current.number == plan.number else { return }
        outstanding = nil
        for (index, step) in current.closingSteps.enumerated() { closing[index].advance(by: step) }
        closing.removeAll { $0.nextBeforeEnd == nil }
        for (id, generation) in current.starts where running[id]?.generation == generation {
            running[id]?.isRecorded = true
        }
        for step in current.steps {
            guard var schedule = running[step.id], schedule.generation == step.generation else { continue }
            schedule.advance(by: step)
            running[step.id] = schedule
            enqueue(schedule)
        }
        if !unrecorded.isEmpty { unrecorded.removeAll { running[$0]?.isRecorded ?? true } }
        dropVoidEntries()
    }

    /// Keeps everything due that a plan would have decided; what to do about it is decided anew by the next plan.
    ///
    /// - Parameter plan: the plan that the ledger did not accept, or perhaps accepted without saying so.
    package mutating func retry(_ plan: FirePlan) {
        guard outstanding?.number == plan.number else { return }
        withdraw()
    }

    /// Takes over what the ledger has decided, after it failed: perhaps it accepted a plan and could not say so.
    ///
    /// Without this, slots of that plan would be proposed again. The ledger leaves them as they are, but a row that
    /// stands for many slots would speak of them wrongly.
    ///
    /// - Parameter states: how far the ledger has decided.
    package mutating func learn(_ states: [ScheduleID: ScheduleState]) {
        withdraw()
        for index in closing.indices { _ = closing[index].catchUp(with: states[closing[index].id]) }
        closing.removeAll { $0.nextBeforeEnd == nil }
        for (id, state) in states {
            guard var schedule = running[id] else { continue }
            let isAnotherNext = schedule.catchUp(with: state)
            if isAnotherNext { schedule.generation = makeNumber() }
            running[id] = schedule
            if isAnotherNext { enqueue(schedule) }
        }
        if !unrecorded.isEmpty { unrecorded.removeAll { running[$0]?.isRecorded ?? true } }
        dropVoidEntries()
    }

    mutating func withdraw() {
        guard let plan = outstanding else { return }
        outstanding = nil
        for step in plan.steps {
            guard let schedule = running[step.id], schedule.generation == step.generation else { continue }
            enqueue(schedule)
        }
        dropVoidEntries()
    }

    private func decideClosing(at now: Timestamp, in plan: inout FirePlan) {
        for schedule in closing {
            let room = plan.room(limit: limits.decisionsPerRequest)
            // One version of a schedule at a time.
            guard let first = schedule.nextBeforeEnd, room > 0, plan.request.states[schedule.id] == nil else { return }
            let step = catchUp.decide(schedule, from: first, at: now, room: room, into: &plan.request.decisions)
            plan.closingSteps.append(step)
            plan.note(step, fingerprint: schedule.fingerprint)
        }
    }

    private func recordStarts(in plan: inout FirePlan) {
        for id in unrecorded {
            guard plan.room(limit: limits.decisionsPerRequest) > 0 else { return }
            guard let schedule = running[id], !schedule.isRecorded else { continue }
            plan.starts.append((id, schedule.generation))
            plan.request.states[id] = schedule.state
        }
    }

    private mutating func decideRunning(at now: Timestamp, in plan: inout FirePlan) {
        while let entry = heap.min, entry.instant <= now {
            let room = plan.room(limit: limits.decisionsPerRequest)
            guard room > 0 else { return }
            heap.removeMin()
            guard let schedule = running[entry.id], schedule.generation == entry.generation else { continue }
            let step = catchUp.decide(
                schedule,
                from: entry.instant,
                at: now,
                room: room,
                into: &plan.request.decisions
            )
            plan.steps.append(step)
            plan.note(step, fingerprint: schedule.fingerprint)
        }
    }
}
