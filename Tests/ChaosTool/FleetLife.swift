// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import TaskiqApp

/// One fleet with its nemesis, from its start to the checker's verdict.
struct FleetLife: Sendable {
    let kind: NemesisKind
    let count: Int
    let rate: Double
    let seed: UInt64

    func live(_ programs: Programs, directory: String) async throws -> Verdict {
        let network = kind == .network ? try ChaosNetwork(peers: Fleet.clientCount + Fleet.workerCount) : nil
        let places = network?.places ?? Places(hub: "ipc://\(directory)/hub.sock")
        let fleet = try Fleet(programs: programs, directory: directory, places: places, rate: rate)
        try await fleet.start()
        var nemesis = Nemesis(kind: kind, count: count, fleet: fleet, network: network, seed: seed)
        try await nemesis.run()
        try await fleet.replaceDead()
        await fleet.stopClients()
        // Read before the end, so that the checker asks for what was tried, whoever else lives.
        let tried = try History(fleet: fleet).keys.union(nemesis.poison)
        let endings = try await Drain.endings(of: tried.sorted(), at: fleet.address)
        await fleet.end()
        for proxy in network?.proxies ?? [] { proxy.end() }
        let history = try History(fleet: fleet)
        var checker = Checker(
            kind: kind,
            history: history,
            faults: fleet.faults,
            endings: endings,
            poison: nemesis.poison
        )
        _ = checker.check()
        var verdict = checker.checkBite()
        verdict.faults = count
        if let network { Recovery.check(network.healings, history, fleet, &verdict) }
        Output.line("\(kind.rawValue): done, \(verdict.broken.count) broken rules")
        return verdict
    }
}
