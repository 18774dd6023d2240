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
    @Test("whatever breaks, nothing accepted is lost, done twice or told too early")
    func lives() {
        if let seed = Self.setting("TASKIQ_SIMULATION_SEED") {
            Self.live(seed, keepsHistory: true)
            return
        }
        var failures = 0
        for seed in 0..<(Self.setting("TASKIQ_SIMULATION_SEEDS") ?? 300) {
            if !Self.live(seed) { failures += 1 }
            if failures == 10 { break }
        }
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
