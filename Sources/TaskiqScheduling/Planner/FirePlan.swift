// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Taskiq
import TaskiqCron

/// What the planner proposes to the ledger; to be confirmed once it has been accepted.
package struct FirePlan: Sendable {
    /// The decisions, and how far each schedule is decided afterwards.
    package internal(set) var request = FireRequest(decisions: [], states: [:])
    /// Tells plans apart, so that a plan that was withdrawn cannot be confirmed.
    let number: UInt64
    /// What becomes of running schedules.
    var steps: [PlannedStep] = []
    /// What becomes of the first versions that were removed or replaced.
    var closingSteps: [PlannedStep] = []
    /// Versions whose start the ledger learns.
    var starts: [(id: ScheduleID, generation: UInt64)] = []

    init(number: UInt64) {
        self.number = number
    }

    var isEmpty: Bool { request.decisions.isEmpty && request.states.isEmpty && closingSteps.isEmpty }

    /// How many more decisions a request of a certain size may take; 0 also when it moves enough schedules.
    func room(limit: Int) -> Int {
        request.states.count < limit ? max(0, limit - request.decisions.count) : 0
    }

    mutating func note(_ step: PlannedStep, fingerprint: String) {
        request.states[step.id] = ScheduleState(cursor: step.cursor, fingerprint: fingerprint)
    }
}
