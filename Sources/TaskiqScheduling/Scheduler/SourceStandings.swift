// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Taskiq
import TaskiqCron

/// The schedules of each source as they were last read, and what is wrong with them.
struct SourceStandings {
    private struct Standing {
        let source: any ScheduleSource
        var tasks: [ScheduledTask] = []
        var error: (any Error)?
        var problems: [ScheduleProblem] = []
        var isAwaited = true
        var isReported = false
    }

    private var standings: [Standing]
    /// Zones that have changed since the start: what a source holds in memory may have them as they were.
    private var zones: [String: Zone] = [:]
    private let logger: Logger

    init(_ sources: [any ScheduleSource], logger: Logger) {
        standings = sources.map { Standing(source: $0) }
        self.logger = logger
    }

    /// The schedules by source.
    var tasks: [[ScheduledTask]] { standings.map(\.tasks) }

    /// Whether some source has neither been read nor failed yet.
    var isAnyAwaited: Bool { standings.contains(where: \.isAwaited) }

    /// Takes in what a source has read; one that failed keeps what it had.
    ///
    /// - Returns: whether the schedules may be others now.
    mutating func take(_ delivery: SourceInbox.Delivery) -> Bool {
        let source = standings[delivery.source].source
        standings[delivery.source].isAwaited = false
        standings[delivery.source].isReported = false
        let before = standings[delivery.source].error
        switch delivery.result {
        case .success(let tasks):
            standings[delivery.source].tasks = tasks.map(inZone)
            standings[delivery.source].error = nil
            if before != nil {
                logger.notice("a schedule source can be read again", metadata: ["taskiq.source": "\(source.name)"])
            }
            return true
        case .failure(let error):
            standings[delivery.source].error = error
            if before.map({ "\($0)" }) != "\(error)" {
                logger.error(
                    "a schedule source cannot be read; its last schedules stay in force",
                    metadata: [
                        "taskiq.source": "\(source.name)", "error.message": "\(error)",
                        "taskiq.schedules": "\(standings[delivery.source].tasks.count)",
                    ]
                )
            }
            return false
        }
    }

    /// Takes in time zones that have changed.
    ///
    /// - Returns: whether a schedule is in one of them.
    mutating func take(_ changed: [String: Zone]) -> Bool {
        zones.merge(changed) { _, new in new }
        var isAnyChanged = false
        for index in standings.indices {
            let tasks = standings[index].tasks.map(inZone)
            isAnyChanged = isAnyChanged || tasks != standings[index].tasks
            standings[index].tasks = tasks
        }
        if isAnyChanged {
            logger.notice(
                "the data of time zones were updated; schedules follow from now on",
                metadata: ["taskiq.zones": "\(changed.keys.sorted().joined(separator: " "))"]
            )
        }
        return isAnyChanged
    }

    private func inZone(_ task: ScheduledTask) -> ScheduledTask {
        guard !zones.isEmpty else { return task }
        var task = task
        task.schedule = task.schedule.inZone(of: zones)
        return task
    }

    /// Takes in what the planner has to say, logs what is new in it, and tells who wants to know of changes.
    ///
    /// - Parameters:
    ///   - problems: what is wrong with schedules; nil for the same as before.
    ///   - observer: who wants to know.
    mutating func report(_ problems: [ScheduleProblem]?, to observer: (any SchedulerObserver)?) {
        for index in standings.indices {
            if let problems {
                let origins = Set(standings[index].tasks.map(\.origin))
                var own = problems.filter { origins.contains($0.origin) }
                if let source = standings[index].source as? any ProblemReportingSource { own += source.problems }
                for problem in Set(own).subtracting(standings[index].problems) {
                    logger.warning(
                        "a schedule cannot be followed as it stands",
                        metadata: [
                            "taskiq.source": "\(standings[index].source.name)", "taskiq.problem": "\(problem)",
                        ]
                    )
                }
                if own != standings[index].problems { standings[index].isReported = false }
                standings[index].problems = own
            }
            guard !standings[index].isReported, !standings[index].isAwaited else { continue }
            standings[index].isReported = true
            let report = SourceReport(
                source: standings[index].source.name,
                scheduleCount: standings[index].tasks.count,
                problems: standings[index].problems,
                error: standings[index].error
            )
            observer?.sourceChanged(report)
        }
    }
}
