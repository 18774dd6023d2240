// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation

/// How long one operation takes, in nanoseconds of CPU time.
struct Measurement {
    let name: String
    /// One figure a round, in order of size.
    let rounds: [Double]

    var median: Double { rounds.isEmpty ? .nan : rounds[rounds.count / 2] }

    /// The line of a table: name, median, and the fastest and slowest round.
    var line: String {
        let name = name.padding(toLength: 44, withPad: " ", startingAt: 0)
        let spread = "[\(Self.text(rounds.first ?? .nan)) - \(Self.text(rounds.last ?? .nan))]"
        return "\(name) \(Self.text(median)) ns   \(spread)"
    }

    private static func text(_ value: Double) -> String { String(format: "%7.0f", value) }

    /// Measures operations in turn, so that what slows the machine down for a while meets all of them.
    static func measure(
        rounds: Int,
        iterations: Int,
        _ operations: [(name: String, body: () throws -> Int)]
    ) throws -> [Measurement] {
        var figures: [[Double]] = Array(repeating: [], count: operations.count)
        var sink = 0
        // The first two rounds warm up and are dropped.
        for round in 0..<rounds + 2 {
            for (index, operation) in operations.enumerated() {
                let start = cpuTime()
                for _ in 0..<iterations { sink &+= try operation.body() }
                if round >= 2 { figures[index].append((cpuTime() - start) * 1e9 / Double(iterations)) }
            }
        }
        // Used, so that no work is left out.
        if sink == .min { print(sink) }
        return zip(operations, figures).map { Measurement(name: $0.name, rounds: $1.sorted()) }
    }

    private static func cpuTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// What a peer measured: one line of JSON of its script's output.
struct PeerFigure: Decodable {
    let name: String
    let rounds: [Double]

    var measurement: Measurement { Measurement(name: name, rounds: rounds.sorted()) }

    static func read(_ path: String) throws -> [PeerFigure] {
        try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(PeerFigure.self, from: Data($0.utf8)) }
    }
}
