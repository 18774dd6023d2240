// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation

/// Measures the hub with real processes, beside libzmq itself; `scripts/bench hub` builds it and what it runs.
@main
enum HubBenchmark {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        func number(_ index: Int) -> Int { arguments.indices.contains(index) ? Int(arguments[index]) ?? 0 : 0 }
        switch arguments.first {
        case "raw-push": try RawSockets.push(to: arguments[1], count: number(2), size: number(3))
        case "raw-echo": try RawSockets.echo(at: arguments[1])
        case "work": try await Peers.work(arguments[1], concurrency: number(2), prefetch: number(3))
        case "submit":
            try await Peers.submit(arguments[1], count: number(2), atATime: number(3), awaitsLast: number(4))
        case "call": try await Peers.call(arguments[1], count: number(2), atATime: number(3))
        case let program?:
            let only = Set(arguments.dropFirst())
            exit(try await HubFigures(program: program, only: only).run() ? 0 : 1)
        case nil:
            FileHandle.standardError.write(Data("usage: HubBenchmark PATH-OF-TASKIQ [PART…]\n".utf8))
            exit(2)
        }
    }
}
