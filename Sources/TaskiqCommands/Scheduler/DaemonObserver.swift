// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq
import TaskiqApp
import TaskiqCron
import TaskiqScheduling

/// Tells people what the scheduler does: what it has read, and what was missed.
final class DaemonObserver: SchedulerObserver {
    private let printer: RunPrinter
    /// How many schedules each source had when it was last told.
    private let counts = Mutex<[String: Int]>([:])

    init(printer: RunPrinter) {
        self.printer = printer
    }

    func sourceChanged(_ report: SourceReport) {
        let count = report.scheduleCount
        let before = counts.withLock { $0.updateValue(count, forKey: report.source) }
        if before ?? 0 != count {
            printer.note("\(report.source): \(count) \(count == 1 ? "schedule" : "schedules")")
        }
        for problem in report.problems { Output.error("warning: \(problem)") }
        if let error = report.error {
            Output.error("warning: \(report.source) could not be read, its last schedules stay in force: \(error)")
        }
    }

    func decided(_ decisions: [SlotDecision], at instant: Timestamp) {
        // After a long pause there are many; one line for each schedule tells as much.
        var missed: [ScheduleID: [(slot: Slot, reason: String)]] = [:]
        for decision in decisions {
            if case .missed(let reason) = decision.verdict {
                missed[decision.slot.scheduleID, default: []].append((decision.slot, reason))
            }
        }
        for (_, slots) in missed.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard let last = slots.last else { continue }
            printer.missed(last.slot, count: slots.count, reason: last.reason, at: instant)
        }
    }
}
