// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Taskiq
package import TaskiqCron

extension Planner {
    /// Whether some schedules are not running, so that an update should be given the ledger's states.
    ///
    /// - Parameter sources: the schedules of each source.
    /// - Returns: true if one of them is not running.
    package func needsStates(for sources: [[ScheduledTask]]) -> Bool {
        sources.contains { $0.contains { running[$0.id] == nil } }
    }

    /// Puts schedules in force.
    ///
    /// - A schedule that was never seen starts now: slots at or before now are none of its slots. One that is due once,
    ///   at an instant in the past, has that slot all the same, which fires or is missed by the rule for late slots.
    /// - A schedule that the ledger knows goes on from where it is decided, as long as its timing is the same.
    /// - A schedule whose timing was changed starts now. What else was changed takes effect with its next slot.
    /// - New data of its time zone are a change of a schedule's timing.
    /// - Slots that were due before a schedule was removed or its timing changed are still decided.
    /// - Of several schedules with one id the one that is running stays, else the first one is taken.
    ///
    /// - Parameters:
    ///   - sources: the schedules of each source, always of the same sources in the same order.
    ///   - states: how far the ledger has decided; looked at for schedules that are not running.
    ///   - now: the instant at which the schedules became what they are.
    /// - Returns: what should be told to the owners of schedules.
    package mutating func update(
        _ sources: [[ScheduledTask]],
        states: [ScheduleID: ScheduleState],
        now: Timestamp
    ) -> [ScheduleProblem] {
        withdraw()
        var choice = ScheduleChoice(running: running)
        for (source, tasks) in sources.enumerated() {
            for task in tasks { choice.add(task, source: source) }
        }
        // By generation, so that the outcome does not depend on the order of a dictionary.
        let removed = running.values.filter { choice.chosen[$0.id] == nil }.sorted { $0.generation < $1.generation }
        for schedule in removed {
            running[schedule.id] = nil
            close(schedule, at: now)
        }
        var problems = choice.duplicates
        for id in choice.order {
            guard let (task, source) = choice.chosen[id] else { continue }
            if let problem = admit(task, source: source, states: states, now: now) { problems.append(problem) }
        }
        if !unrecorded.isEmpty { unrecorded.removeAll { running[$0]?.isRecorded ?? true } }
        dropVoidEntries()
        return problems
    }

    /// Puts the schedules of a single source in force; see ``update(_:states:now:)``.
    ///
    /// - Parameters:
    ///   - tasks: the schedules.
    ///   - states: how far the ledger has decided; looked at for schedules that are not running.
    ///   - now: the instant at which the schedules became what they are.
    /// - Returns: what should be told to the owners of schedules.
    package mutating func update(
        _ tasks: [ScheduledTask],
        states: [ScheduleID: ScheduleState] = [:],
        now: Timestamp
    ) -> [ScheduleProblem] {
        update([tasks], states: states, now: now)
    }

    private mutating func admit(
        _ task: ScheduledTask,
        source: Int,
        states: [ScheduleID: ScheduleState],
        now: Timestamp
    ) -> ScheduleProblem? {
        if var schedule = running[task.id] {
            if schedule.hasTiming(of: task.schedule) {
                schedule.task = task
                schedule.source = source
                running[task.id] = schedule
                return nil
            }
            close(schedule, at: now)
            return startAfterEdit(task, source: source, now: now)
        }
        let fingerprint = task.schedule.fingerprint
        if let index = closing.lastIndex(where: { $0.id == task.id }) {
            // It was removed a moment ago and the ledger has not heard of it: what the ledger says is out of date.
            guard closing[index].fingerprint == fingerprint else {
                return startAfterEdit(task, source: source, now: now)
            }
            let schedule = closing.remove(at: index)
            start(
                task,
                source: source,
                fingerprint: fingerprint,
                cursor: schedule.cursor,
                isRecorded: schedule.isRecorded
            )
            return nil
        }
        if let state = states[task.id] {
            guard state.fingerprint == fingerprint else {
                return startAfterEdit(task, source: source, now: now)
            }
            start(task, source: source, fingerprint: fingerprint, cursor: state.cursor, isRecorded: true)
            return nil
        }
        var cursor = now
        if case .once(let instant) = task.schedule.trigger, instant <= now {
            cursor = instant - .milliseconds(1)
        }
        start(task, source: source, fingerprint: fingerprint, cursor: cursor, isRecorded: false)
        return nil
    }

    private mutating func startAfterEdit(_ task: ScheduledTask, source: Int, now: Timestamp) -> ScheduleProblem? {
        start(task, source: source, fingerprint: task.schedule.fingerprint, cursor: now, isRecorded: false)
        guard case .once(let instant) = task.schedule.trigger, instant <= now else { return nil }
        return ScheduleProblem(id: task.id, origin: task.origin, kind: .passed(instant))
    }

    private mutating func start(
        _ task: ScheduledTask,
        source: Int,
        fingerprint: String,
        cursor: Timestamp,
        isRecorded: Bool
    ) {
        let schedule = PlannedSchedule(
            task,
            source: source,
            fingerprint: fingerprint,
            cursor: cursor,
            generation: makeNumber(),
            isRecorded: isRecorded
        )
        running[task.id] = schedule
        enqueue(schedule)
        if !isRecorded { unrecorded.append(task.id) }
    }

    /// Ends a version; its slots up to now remain to be decided.
    private mutating func close(_ schedule: PlannedSchedule, at now: Timestamp) {
        var schedule = schedule
        schedule.end = now
        if schedule.nextBeforeEnd != nil { closing.append(schedule) }
    }
}
