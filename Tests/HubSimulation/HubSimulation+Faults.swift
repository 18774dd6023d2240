// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub
import TaskiqHubProtocol
import TestSupport

// What goes wrong.
extension HubSimulation {
    mutating func befall() throws {
        guard let fault = misfortune.faults.randomElement(using: &random) else { return }
        let worker = Int(random.number(0...2))
        let client = Int(random.number(0...2))
        note("fault \(fault), worker \(worker), client \(client)")
        switch fault {
        case .killHub: try killHub(downFor: random.chance(20) ? 5000...30_000 : 50...2000)
        case .pauseHub: pauseHub()
        case .failStore: failsNextWork = hub != nil
        case .fillDisk: try fillDisk()
        case .slowStore: diskSlowUntil = uptime + random.number(500...4000)
        case .killWorker: if workers[worker].isAlive { try killWorker(worker) }
        case .pauseWorker: workers[worker].pausedUntil = uptime + random.number(500...20_000)
        case .drainWorker: try drainWorker(worker)
        case .cutWorker: cut(worker)
        case .partWorker: part(workers[worker].connection, for: 500...15_000)
        case .refuseWorker:
            // A welcome that is lost leaves a worker silent for longer than the grace.
            if misfortune.keepsWorkers, !isSettledIn(worker) { break }
            let number = workers[worker].connection
            workers[worker].nextCut = uptime + 8000
            connections[number]?.fullUntil = uptime + random.number(50...800)
        case .killClient: killClient(client)
        case .cutClient: reconnect(client: client)
        case .partClient: part(clients[client].connection, for: 100...12_000)
        case .stepClock: wallOffset += random.chance(50) ? random.number(1...300_000) : -random.number(1...30_000)
        }
    }

    /// The hub is told that the disk is nearly full, and it is then, or not quite.
    private mutating func fillDisk() throws {
        try tell(.disk(isLow: true))
        let end = uptime + random.number(500...8000)
        if random.chance(50) { diskFullUntil = end }
        agenda.plan(.freeDisk, at: end)
    }

    /// Parts a connection, in one direction or both; afterwards libzmq may have made a new one, or not.
    private mutating func part(_ number: Int, for range: ClosedRange<Int64>) {
        let end = uptime + random.number(range)
        let direction = random.number(0...3)
        if direction != 1 { connections[number]?.toHubPartedUntil = end }
        if direction != 2 { connections[number]?.toPeerPartedUntil = end }
        if random.chance(40) { agenda.plan(.reconnect(number), at: end) }
    }

    private mutating func pauseHub() {
        guard hub != nil, uptime >= hubPausedUntil else { return }
        hubPausedUntil = uptime + random.number(500...20_000)
        agenda.plan(.resumeHub(life: hubLife), at: hubPausedUntil)
    }

    /// Whether a worker has had the time to come back from what befell it before.
    private func isSettledIn(_ place: Int) -> Bool {
        hub != nil && uptime >= hubPausedUntil && uptime >= hubStartedAt + 12_000 && uptime >= diskSlowUntil + 4000
            && uptime >= workers[place].nextCut && workers[place].link.isOpen
    }

    /// Breaks a worker's connection.
    ///
    /// Twice in a row it would take longer than the grace until the hub knows the worker again; and it may.
    private mutating func cut(_ place: Int) {
        guard workers[place].isAlive, !misfortune.keepsWorkers || isSettledIn(place) else { return }
        workers[place].nextCut = uptime + 8000
        reconnect(worker: place)
    }
}
