// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation

/// What was written down while a fleet lived.
struct History {
    /// One delivery of a task, as the worker that ran it saw it.
    struct Run {
        var attempt: Int
        var processID: Int32
        var startedAt: Int64
        var endedAt: Int64?
    }

    /// The runs of each task, in the order of their starts.
    private(set) var runs: [String: [Run]] = [:]
    private(set) var triedAt: [String: Int64] = [:]
    private(set) var acceptedAt: [String: Int64] = [:]
    private(set) var refused: Set<String> = []
    /// The results that clients were told while it happened.
    private(set) var told: [String: Set<String>] = [:]
    /// How often the hub said that a task had ended, which it does after each commit of an outcome.
    private(set) var endings: [String: Int] = [:]

    init(fleet: Fleet) throws {
        self.init(
            effects: try Self.text(of: fleet.effects),
            clients: try (0..<Fleet.clientCount).map { try Self.text(of: fleet.journal(ofClient: $0)) },
            hubLog: try Self.text(of: fleet.hubLog)
        )
    }

    /// Reads the lines of workers, of clients, and of the hub.
    init(effects: String, clients: [String], hubLog: String) {
        for words in Self.lines(of: effects) { take(effect: words) }
        for client in clients { for words in Self.lines(of: client) { take(client: words) } }
        for line in hubLog.split(separator: "\n") where line.hasSuffix("] a task ended") {
            guard let id = line.split(separator: "taskiq.task.id=").last?.prefix(while: { $0 != " " && $0 != "]" })
            else {
                continue
            }
            endings[String(id), default: 0] += 1
        }
        for key in runs.keys { runs[key]?.sort { $0.startedAt < $1.startedAt } }
    }

    /// Whatever is the name of a task here.
    var keys: Set<String> { Set(triedAt.keys).union(runs.keys) }

    private mutating func take(effect words: [Substring]) {
        guard words.count == 5, let attempt = Int(words[2]), let processID = Int32(words[3]),
            let time = Int64(words[4])
        else { return }
        let key = String(words[1])
        if words[0] == "S" {
            runs[key, default: []].append(Run(attempt: attempt, processID: processID, startedAt: time))
        } else if let index = runs[key]?.lastIndex(where: { $0.attempt == attempt && $0.processID == processID }) {
            runs[key]?[index].endedAt = time
        }
    }

    private mutating func take(client words: [Substring]) {
        guard words.count >= 3, let time = words.last.flatMap({ Int64($0) }) else { return }
        let key = String(words[1])
        switch words[0] {
        case "T": triedAt[key] = time
        case "A": acceptedAt[key] = time
        case "E": refused.insert(key)
        case "R": told[key, default: []].insert(String(words[2]))
        default: break
        }
    }

    private static func text(of path: String) throws -> String {
        guard FileManager.default.fileExists(atPath: path) else { return "" }
        return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    private static func lines(of text: String) -> [[Substring]] {
        text.split(separator: "\n").map { $0.split(separator: " ") }
    }
}
