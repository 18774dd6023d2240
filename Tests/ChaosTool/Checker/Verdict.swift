// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What the checker found: the row of the table, and the rules that were broken.
struct Verdict {
    var kind: NemesisKind
    var faults = 0
    var tried = 0
    var accepted = 0
    /// Accepted, and neither ended nor buried.
    var lost = 0
    /// Neither accepted nor refused as far as its client knows, and at the hub nevertheless.
    var recovered = 0
    var buried = 0
    var startedTwice = 0
    var endedTwice = 0
    var recordedTwice = 0
    /// Milliseconds from a worker's death to the next start of what it ran, after the first death of each task.
    var redeliveries: [Int64] = []
    /// Milliseconds from the end of a disturbance to the first sign of life of each who was disturbed.
    var recoveries: [Int64] = []
    /// Runs that went on over a restart of the hub, and whose result counted.
    var adoptions = 0
    /// Results of a delivery that had been given up, from a worker that was silent.
    var lateSuccesses = 0
    /// Poison tasks that were started three times exactly.
    var exactPoison = 0
    /// What is wrong, with the task's history.
    var broken: [String] = []

    mutating func isBroken(_ rule: String) {
        broken.append(rule)
    }
}
