// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqApp
import TaskiqCron
import TaskiqScheduling

/// Tells people what the scheduler does: what it has read, and what was missed.
struct DaemonObserver: SchedulerObserver {
    let printer: RunPrinter

    func sourceChanged(_ report: SourceReport) {
        let count = report.scheduleCount
        printer.note("\(report.source): \(count) \(count == 1 ? "schedule" : "schedules")")
        for problem in report.problems { Output.error("warning: \(problem)") }
        if let error = report.error {
            Output.error("warning: \(report.source) could not be read, its last schedules stay in force: \(error)")
        }
    }

    func decided(_ decisions: [SlotDecision], at instant: Timestamp) {
        for decision in decisions {
            if case .missed(let reason) = decision.verdict {
                printer.missed(decision.slot, reason: reason, at: instant)
            }
        }
    }
}
