// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Which of several schedules with one id is in force.
struct ScheduleChoice {
    private let running: [ScheduleID: PlannedSchedule]
    private(set) var chosen: [ScheduleID: (task: ScheduledTask, source: Int)] = [:]
    /// The ids in the order in which they were first seen.
    private(set) var order: [ScheduleID] = []
    private(set) var duplicates: [ScheduleProblem] = []

    init(running: [ScheduleID: PlannedSchedule]) {
        self.running = running
    }

    mutating func add(_ task: ScheduledTask, source: Int) {
        guard let rival = chosen[task.id] else {
            chosen[task.id] = (task, source)
            order.append(task.id)
            return
        }
        var (kept, refused) = (rival.task, task)
        if likeness(task, source) > likeness(rival.task, rival.source) {
            chosen[task.id] = (task, source)
            (kept, refused) = (task, rival.task)
        }
        duplicates.append(
            ScheduleProblem(id: task.id, origin: refused.origin, kind: .duplicate(of: kept.origin))
        )
    }

    /// How much a schedule looks like the running one: 0 for not at all.
    ///
    /// The origin alone does not tell, because it may be a line number and lines move.
    private func likeness(_ task: ScheduledTask, _ source: Int) -> Int {
        guard let current = running[task.id], current.source == source else { return 0 }
        var moved = task
        moved.origin = current.task.origin
        if moved == current.task { return 3 }
        return task.origin == current.task.origin ? 2 : 1
    }
}
