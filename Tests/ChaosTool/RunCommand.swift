// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Logging
import Taskiq
import TaskiqApp

/// `run`: fleets, one for each kind of fault, and what became of them.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Brings faults over fleets of real processes, and prints what was lost or done twice."
    )

    @Argument(help: "How many faults of each kind.")
    var count = 40

    @Argument(help: "Which kinds: hub, worker, client, all, stop-hub, stop-worker, poison, network.")
    var kinds: [NemesisKind] = NemesisKind.allCases

    @Option(help: "The number that the instants of the faults are made from; a new one when not given.")
    var seed: UInt64?

    @Option(help: "How many fleets live at a time.")
    var parallel = 8

    @Option(help: "Tasks a second in each fleet.")
    var rate = 60.0

    func run() async throws {
        // A proxy's peers come and go.
        signal(SIGPIPE, SIG_IGN)
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        let programs = try Programs()
        let root = try Self.makeDirectory()
        let seed = seed ?? UInt64.random(in: 0..<1_000_000)
        Output.line("seed \(seed); everything is written to \(root)")
        let verdicts = try await withThrowingTaskGroup(of: (Int, Verdict).self) { group in
            var verdicts: [(Int, Verdict)] = []
            for (place, kind) in kinds.enumerated() {
                if place >= parallel, let verdict = try await group.next() { verdicts.append(verdict) }
                let (count, rate) = (count, rate)
                group.addTask {
                    let life = FleetLife(kind: kind, count: count, rate: rate, seed: seed &+ UInt64(place))
                    return (place, try await life.live(programs, directory: "\(root)/\(kind.rawValue)"))
                }
            }
            for try await verdict in group { verdicts.append(verdict) }
            return verdicts.sorted { $0.0 < $1.0 }.map(\.1)
        }
        let table = VerdictTable(verdicts: verdicts)
        Output.line("\n\(table.text)\n\n\(table.remarks)")
        var isBroken = false
        for verdict in verdicts where !verdict.broken.isEmpty {
            isBroken = true
            Output.line("\n\(verdict.kind.rawValue): \(verdict.broken.count) broken rules")
            for rule in verdict.broken.prefix(10) { Output.line("  \(rule)") }
        }
        if isBroken {
            Output.line("\nThe logs are kept in \(root); again: scripts/chaos --seed \(seed) …")
            throw CommandExit(.problem)
        }
        try? FileManager.default.removeItem(atPath: root)
    }

    /// Short, because the path of a socket file is.
    private static func makeDirectory() throws -> String {
        var template = Array("/tmp/taskiq-chaos-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ChaosFailure("no temporary directory") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
