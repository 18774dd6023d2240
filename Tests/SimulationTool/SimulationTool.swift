// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import HubSimulation

/// What `scripts/simulate` runs: lives of the hub from one seed after the other, or one life again with its history.
@main
struct SimulationTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Lives through the hub's bad luck, one seed after the other; exits 1 when a rule is broken."
    )

    @Argument(help: "How many seeds.")
    var count: UInt64 = 10_000

    @Option(help: "The first seed.")
    var from: UInt64 = 0

    @Option(help: "Live this one life again, and print what happened.")
    var seed: UInt64?

    @Option(help: "How many lives are lived at a time.")
    var jobs = 2

    func run() async throws {
        if let seed {
            guard Self.live(seed, keepsHistory: true) else { throw ExitCode.failure }
            print("seed \(seed): no rule is broken")
            return
        }
        let began = ContinuousClock.now
        var (next, failures) = (from, 0)
        // A thousand seeds at a time, so that there is something to say now and then.
        let end = from + count
        while next < end {
            let chunk = next..<min(next + 1000, end)
            failures += await withTaskGroup(of: Int.self) { group in
                for job in 0..<UInt64(max(1, jobs)) {
                    let jobs = UInt64(max(1, jobs))
                    group.addTask {
                        chunk.filter { $0 % jobs == job }.reduce(0) { $0 + (Self.live($1) ? 0 : 1) }
                    }
                }
                return await group.reduce(0, +)
            }
            next = chunk.upperBound
            let rate = Double(next - from) / ((ContinuousClock.now - began) / .seconds(1))
            print("\(next - from) of \(count) lives, \(Int(rate)) a second, \(failures) with a broken rule")
        }
        if failures > 0 { throw ExitCode.failure }
    }

    private static func live(_ seed: UInt64, keepsHistory: Bool = false) -> Bool {
        var simulation = HubSimulation(seed: seed, misfortune: .of(seed: seed), keepsHistory: keepsHistory)
        do {
            try simulation.run()
            if keepsHistory { for line in simulation.history { print(line) } }
            return true
        } catch {
            for line in simulation.history { print(line) }
            print(
                "seed \(seed), \(simulation.age) ms after the start: \(error); again: scripts/simulate --seed \(seed)"
            )
            return false
        }
    }
}
