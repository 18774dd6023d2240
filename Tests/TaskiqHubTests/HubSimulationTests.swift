// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The hub with its clients and workers, in bad luck.
///
/// `TASKIQ_SIMULATION_SEEDS=20000` lives more lives; `TASKIQ_SIMULATION_SEED=17` lives one again, and prints what happened
/// if a rule is broken.
struct HubSimulationTests {
    @Test(
        "whatever breaks, nothing accepted is lost, done twice or told too early",
        arguments: Misfortune.Kind.allCases
    )
    func lives(_ kind: Misfortune.Kind) {
        if let seed = Self.setting("TASKIQ_SIMULATION_SEED") {
            if Misfortune.Kind(seed: seed) == kind { Self.live(seed, keepsHistory: true) }
            return
        }
        var failures = 0
        for seed in 0..<(Self.setting("TASKIQ_SIMULATION_SEEDS") ?? 300) where Misfortune.Kind(seed: seed) == kind {
            if !Self.live(seed) { failures += 1 }
            if failures == 5 { break }
        }
    }

    @Test("a life can be lived again")
    func replay() throws {
        var histories: [[String]] = []
        for _ in 0..<2 {
            var simulation = HubSimulation(seed: 17, misfortune: .of(seed: 17), keepsHistory: true)
            try simulation.run()
            histories.append(simulation.history)
        }
        #expect(histories[0].count > 1000)
        let difference = zip(histories[0], histories[1]).first { $0 != $1 }
        #expect(difference == nil)
    }

    @discardableResult
    private static func live(_ seed: UInt64, keepsHistory: Bool = false) -> Bool {
        var simulation = HubSimulation(seed: seed, misfortune: .of(seed: seed), keepsHistory: keepsHistory)
        do {
            try simulation.run()
            return true
        } catch {
            Issue.record("seed \(seed), \(simulation.uptime - 1_000_000) ms after the start: \(error)")
            for line in simulation.history { print(line) }
            return false
        }
    }

    private static func setting(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }
}
