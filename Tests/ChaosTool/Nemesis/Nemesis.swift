// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import TestSupport

/// Brings a number of faults of one kind over a fleet, at instants made from a seed.
struct Nemesis {
    let kind: NemesisKind
    let count: Int
    let fleet: Fleet
    let network: ChaosNetwork?
    var random: SeededGenerator
    /// The poison tasks that were submitted.
    var poison: [String] = []

    init(kind: NemesisKind, count: Int, fleet: Fleet, network: ChaosNetwork?, seed: UInt64) {
        self.kind = kind
        self.count = count
        self.fleet = fleet
        self.network = network
        random = SeededGenerator(seed: seed)
    }

    /// Brings all the faults, and leaves everything running.
    mutating func run() async throws {
        switch kind {
        case .poison: try await poisonAll()
        case .stopWorker: try await stopWorkers()
        case .network: try await disturbNetwork()
        case .hub, .worker, .client, .all, .stopHub:
            for number in 1...max(1, count) {
                try await strike(number)
                try await fleet.replaceDead()
            }
        }
    }

    private mutating func strike(_ number: Int) async throws {
        switch kind {
        case .hub:
            try await pause(200...2200)
            await fleet.killHub()
            try await pause(number % 20 == 0 ? 3000...8000 : 0...600)
            try await fleet.startHub()
        case .worker:
            try await pause(300...1800)
            let place = pick(Fleet.workerCount)
            await fleet.killWorker(place)
            try await pause(0...500)
            try fleet.startWorker(place)
        case .client:
            try await pause(300...1500)
            let place = pick(Fleet.clientCount)
            await fleet.killClient(place)
            try fleet.startClient(place)
        case .stopHub:
            try await pause(200...1200)
            fleet.hub?.signal(SIGSTOP)
            try await pause(number % 10 == 0 ? 5000...9000 : 200...3500)
            fleet.hub?.signal(SIGCONT)
        default: try await strikeAny()
        }
    }

    private mutating func strikeAny() async throws {
        try await pause(200...1800)
        switch random.next() % 8 {
        case 0, 1:
            await fleet.killHub()
            try await pause(0...800)
        case 2, 3, 4: await fleet.killWorker(pick(Fleet.workerCount))
        case 5, 6: await fleet.killClient(pick(Fleet.clientCount))
        default:
            await fleet.killHub()
            for place in 0..<Fleet.workerCount { await fleet.killWorker(place) }
            for place in 0..<Fleet.clientCount { await fleet.killClient(place) }
        }
        // In any order: those that come before the hub wait for it.
        for step in [0, 1, 2].shuffled(using: &random) {
            switch step {
            case 0: try await fleet.startHub()
            case 1: for place in 0..<Fleet.workerCount { try fleet.startWorker(place) }
            default: for place in 0..<Fleet.clientCount { try fleet.startClient(place) }
            }
        }
    }

    /// Stops workers, for less than the hub waits for a silent one, and now and then for longer.
    private mutating func stopWorkers() async throws {
        var left = count
        while left > 0 {
            // Two of three at the same time, so that somebody goes on.
            let places = [0, 1, 2].shuffled(using: &random).prefix(min(2, left))
            left -= places.count
            try await pause(200...1000)
            let began = Uptime.milliseconds
            for place in places { fleet.workers[place]?.signal(SIGSTOP) }
            try await pause(left % 8 < 2 ? 11_000...13_000 : 300...4500)
            for place in places {
                fleet.workers[place]?.signal(SIGCONT)
                fleet.noteSilence(ofWorker: place, from: began, until: Uptime.milliseconds)
            }
            try await fleet.replaceDead()
        }
    }

    mutating func pick(_ count: Int) -> Int {
        Int(random.next() % UInt64(count))
    }

    mutating func pause(_ range: ClosedRange<Int>) async throws {
        try await Task.sleep(for: .milliseconds(Int.random(in: range, using: &random)))  // waits: until the next fault
    }
}
