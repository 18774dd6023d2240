// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq

extension Nemesis {
    /// Cuts peers off, one or several at a time, and lets them be reached again.
    mutating func disturbNetwork() async throws {
        guard let network else { return }
        var left = count
        while left > 0 {
            try await pause(300...1500)
            let peers = Fleet.clientCount + Fleet.workerCount
            let victims = Array((0..<peers).shuffled(using: &random).prefix(min(left, 1 + pick(3))))
            left -= victims.count
            let began = Uptime.milliseconds
            for place in victims { network.proxies[place].set(nextWeather()) }
            try await pause(pick(8) == 0 ? 11_000...13_000 : 400...4000)
            let healed = Uptime.milliseconds
            for place in victims {
                network.proxies[place].set(.fair)
                // What lies in the buffers of a slow line arrives for some time after.
                if place >= Fleet.clientCount {
                    fleet.noteSilence(ofWorker: place - Fleet.clientCount, from: began, until: healed + 6000)
                }
            }
            try await fleet.replaceDead()
            network.healings.append((victims, healed))
            // Long enough to see that it recovers.
            try await pause(pick(3) == 0 ? 6500...7000 : 500...2000)
        }
    }

    private mutating func nextWeather() -> Weather {
        switch pick(6) {
        case 0: Weather(stallsToHub: true, stallsToPeer: true)
        case 1: Weather(stallsToHub: true)
        case 2: Weather(stallsToPeer: true)
        case 3: Weather(refuses: true)
        case 4: Weather(delay: Int64(100 + pick(500)))
        default: Weather(bytesPerSecond: 20 + pick(2000))
        }
    }
}
