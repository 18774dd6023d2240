// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// How soon everybody who was cut off is served again.
enum Recovery {
    /// The longest it may take after a line is fair again.
    private static let bound: Int64 = 6000

    /// Looks for the first sign of life of each victim: an answer to a client, a start in a worker.
    static func check(
        _ healings: [(peers: [Int], at: Int64)],
        _ history: History,
        _ fleet: Fleet,
        _ verdict: inout Verdict
    ) {
        let answers = (0..<Fleet.clientCount).map { place in
            history.acceptedAt.filter { $0.key.hasPrefix("c\(place).") }.map(\.value).sorted()
        }
        let starts = fleet.signsOfWorkers(history)
        let signs = answers + starts
        let last = signs.flatMap { $0 }.max() ?? 0
        for (number, healing) in healings.enumerated() {
            // The next disturbance may come before the recovery from this one.
            let next = number + 1 < healings.count ? healings[number + 1].at : last
            for peer in healing.peers {
                guard let sign = signs[peer].first(where: { $0 > healing.at }) else { continue }
                let time = sign - healing.at
                guard time <= bound || sign < next else { continue }
                verdict.recoveries.append(time)
                if time > bound {
                    verdict.isBroken(
                        "peer \(peer) was served again \(time) ms after its line was fair (at \(healing.at))"
                    )
                }
            }
        }
        verdict.recoveries.sort()
    }
}

extension Fleet {
    /// When each worker began something; workers live as long as the fleet here.
    func signsOfWorkers(_ history: History) -> [[Int64]] {
        workerProcesses.map { processID in
            history.runs.values.joined().filter { $0.processID == processID }.map(\.startedAt).sorted()
        }
    }
}
