// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Makes schedules out of the `schedule` labels of task catalogues.
struct LabelScheduleReader {
    private(set) var tasks: [ScheduledTask] = []
    private(set) var problems: [ScheduleProblem] = []
    private var applications: [ScheduleID: (application: String, index: Int)] = [:]

    /// Reads catalogues; the one of the first application by name counts where several say the same.
    init(_ catalogues: [TaskCatalogue]) {
        for catalogue in catalogues.sorted(by: { $0.application < $1.application }) {
            for description in catalogue.tasks { add(description, of: catalogue.application) }
        }
    }

    private mutating func add(_ description: TaskDescription, of application: String) {
        guard let label = description.labels[LabelSchedule.labelName] else { return }
        let origin = "task \"\(description.name)\" of \(application)"
        var taskLabels = description.labels
        taskLabels[LabelSchedule.labelName] = nil
        for result in LabelSchedule.entries(of: label, task: description.name) {
            switch result {
            case .failure(let error):
                problems.append(ScheduleProblem(id: nil, origin: origin, kind: .unreadable(reason: "\(error)")))
            case .success(let entry):
                let task = ScheduledTask(
                    id: entry.id ?? Self.id(of: entry, task: description.name),
                    schedule: entry.schedule,
                    taskName: description.name,
                    labels: entry.labels.merging(taskLabels),
                    args: entry.args,
                    kwargs: entry.kwargs,
                    origin: origin
                )
                add(task, of: application)
            }
        }
    }

    private mutating func add(_ task: ScheduledTask, of application: String) {
        guard let known = applications[task.id] else {
            applications[task.id] = (application, tasks.count)
            tasks.append(task)
            return
        }
        let other = tasks[known.index]
        let saysTheSame =
            other.taskName == task.taskName && other.schedule.canonicalText == task.schedule.canonicalText
            && other.args == task.args && other.kwargs == task.kwargs
        // Two programs that run the same task announce the same schedule, and mean one.
        if saysTheSame, known.application != application { return }
        problems.append(ScheduleProblem(id: task.id, origin: task.origin, kind: .duplicate(of: other.origin)))
    }

    /// The identity of an entry that names none: the same in every process and for every program with that task.
    ///
    /// The application is no part of it: it would be another schedule, and fire again, as soon as a second program
    /// announced the same task.
    private static func id(of entry: LabelSchedule, task: TaskName) -> ScheduleID {
        var hash = StableHash()
        hash.combine("label")
        hash.combine(task.rawValue)
        hash.combine(entry.schedule.canonicalText)
        hash.combine(JSONValue.array(entry.args).fragment.text)
        hash.combine(JSONValue.object(entry.kwargs.sorted { $0.key < $1.key }).fragment.text)
        return ScheduleID(rawValue: "\(task):\(hash.hexadecimalDigest.prefix(8))")
    }
}
