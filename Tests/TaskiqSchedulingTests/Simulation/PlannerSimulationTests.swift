// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqScheduling

@Suite("Planner in a simulated life")
struct PlannerSimulationTests {
    @Test("decides each slot once, in order, and fires none too late", arguments: 0..<40)
    func life(_ seed: Int) throws {
        var simulation = try PlannerSimulation(seed: UInt64(seed))
        try simulation.run(events: 120)
        #expect(simulation.ledger.faults.isEmpty)
    }

    @Test("the lives are eventful")
    func eventful() throws {
        var (fired, missed, versions) = (0, 0, 0)
        for seed in 0..<20 {
            var simulation = try PlannerSimulation(seed: UInt64(seed))
            try simulation.run(events: 120)
            fired += simulation.ledger.firedCount
            missed += simulation.ledger.missedCount
            versions += simulation.ledger.versions.values.reduce(0) { $0 + $1.count }
        }
        #expect(fired > 1000)
        #expect(missed > 1000)
        #expect(versions > 200)
    }
}
