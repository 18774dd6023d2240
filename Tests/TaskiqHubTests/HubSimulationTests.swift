// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import HubSimulation
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
/// `TASKIQ_SIMULATION_SEEDS=20000` lives more lives; `scripts/simulate` lives any number, and one again.
struct HubSimulationTests {
    /// Cases run side by side, so each kind has several.
    struct Share: CustomTestStringConvertible {
        static let count: UInt64 = 4

        var kind: Misfortune.Kind
        var number: UInt64

        var testDescription: String { "\(kind), share \(number + 1) of \(Self.count)" }

        static let all = Misfortune.Kind.allCases.flatMap { kind in
            (0..<count).map { Share(kind: kind, number: $0) }
        }
    }

    @Test("whatever breaks, nothing accepted is lost, done twice or told too early", arguments: Share.all)
    func lives(_ share: Share) {
        var failures = 0
        var sights: Set<Sight> = []
        let count = Self.setting("TASKIQ_SIMULATION_SEEDS") ?? 600
        for seed in stride(from: share.number, to: count, by: Int(Share.count))
        where Misfortune.Kind(seed: seed) == share.kind {
            var simulation = HubSimulation(seed: seed, misfortune: .of(seed: seed))
            do {
                try simulation.run()
            } catch {
                Issue.record(
                    "seed \(seed), \(simulation.age) ms after the start: \(error); see scripts/simulate --seed \(seed)"
                )
                failures += 1
                if failures == 5 { break }
            }
            sights.formUnion(simulation.sights)
        }
        // A life without trouble proves nothing.
        let missing = Sight.expected(in: share.kind).subtracting(sights)
        #expect(missing.isEmpty || failures > 0)
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

    private static func setting(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }
}
