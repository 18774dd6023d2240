// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation

/// Runs one benchmark by its name; `scripts/bench` builds this and runs the peers beside it.
@main
enum TaskiqBenchmarks {
    /// What `scripts/bench NAME` may say: a benchmark takes the peers' output and says whether its figures hold.
    private static let benchmarks: [String: @Sendable ([PeerFigure]) throws -> Bool] = [
        "wire": WireBenchmark.run
    ]

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first, let benchmark = benchmarks[name] else {
            let names = benchmarks.keys.sorted().joined(separator: ", ")
            FileHandle.standardError.write(Data("usage: TaskiqBenchmarks NAME [PEERS]; NAME is one of \(names)\n".utf8))
            exit(2)
        }
        let figures = try arguments.dropFirst().first.map(PeerFigure.read) ?? []
        exit(try benchmark(figures) ? 0 : 1)
    }
}
