// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Verdicts for people.
struct VerdictTable {
    let verdicts: [Verdict]

    /// A table in Markdown, as docs/guarantees.md has it.
    var text: String {
        let head = [
            "nemesis", "faults", "acked", "lost", "run to end twice", "started twice", "recorded twice",
            "redelivery p50/max",
        ]
        var rows = [head, head.map { _ in "---" }]
        for verdict in verdicts {
            rows.append([
                verdict.kind.rawValue, "\(verdict.faults)", "\(verdict.accepted)", "\(verdict.lost)",
                "\(verdict.endedTwice)", "\(verdict.startedTwice)", "\(verdict.recordedTwice)",
                Self.range(verdict.redeliveries),
            ])
        }
        return rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    /// What else was seen: proof that the nemesis bites.
    var remarks: String {
        verdicts.map { verdict in
            "\(verdict.kind.rawValue): \(verdict.tried) tried, \(verdict.recovered) without an answer that were at the hub, "
                + "\(verdict.buried) dead letters (\(verdict.exactPoison) poison after three starts exactly), \(verdict.adoptions) runs went on over the hub's death, "
                + "\(verdict.lateSuccesses) late successes, recovery \(Self.range(verdict.recoveries))"
        }.joined(separator: "\n")
    }

    private static func range(_ times: [Int64]) -> String {
        guard let last = times.last else { return "–" }
        return "\(times[times.count / 2])/\(last) ms"
    }
}
