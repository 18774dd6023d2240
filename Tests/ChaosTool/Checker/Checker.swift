// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Compares what clients were told, what workers ran and what the hub has, as Jepsen's total-queue checker does.
struct Checker {
    let kind: NemesisKind
    let history: History
    let faults: FaultLog
    let endings: [String: Drain.Ending]
    let poison: [String]
    private var verdict: Verdict

    init(
        kind: NemesisKind,
        history: History,
        faults: FaultLog,
        endings: [String: Drain.Ending],
        poison: [String]
    ) {
        self.kind = kind
        self.history = history
        self.faults = faults
        self.endings = endings
        self.poison = poison
        verdict = Verdict(kind: kind)
    }

    /// The longest that a task may wait for another worker after its first one was killed.
    private static let redelivery: Int64 = 3500
    /// How many workers a task may end.
    private static let crashLimit = 3
    /// A worker that is silent for less is never given up, as far as this machine's own delays allow.
    private static let silence: Int64 = 1500

    mutating func check() -> Verdict {
        verdict.tried = history.triedAt.count
        verdict.accepted = history.acceptedAt.count
        for time in faults.crashes { verdict.isBroken("the hub ended by itself at \(time)") }
        let poison = Set(poison)
        for key in history.keys.sorted() where !poison.contains(key) { check(key) }
        for key in self.poison { checkPoison(key) }
        checkRedeliveries()
        return verdict
    }

    private mutating func check(_ key: String) {
        let runs = history.runs[key] ?? []
        if history.triedAt[key] == nil { broken("it ran and was never sent", key) }
        verdict.startedTwice += max(0, runs.count - 1)
        let ends = runs.filter { $0.endedAt != nil }
        verdict.endedTwice += max(0, ends.count - 1)
        checkEnding(of: key, runs)
        checkStarts(of: key, runs)
        if history.endings[key] ?? 0 > 1 {
            verdict.recordedTwice += 1
            broken("the hub recorded \(history.endings[key] ?? 0) outcomes", key)
        }
    }

    private mutating func checkEnding(of key: String, _ runs: [History.Run]) {
        let isAccepted = history.acceptedAt[key] != nil
        switch endings[key] ?? .unknown {
        case .returned(let value):
            if !isAccepted { verdict.recovered += 1 }
            let run = runs.first { "\($0.processID):\($0.attempt)" == value }
            guard let run, run.endedAt != nil else {
                broken("its result \(value) is of no run that ended", key)
                break
            }
            for told in history.told[key] ?? [] where told != value {
                verdict.recordedTwice += 1
                broken("a client was told \(told), and now it is \(value)", key)
            }
            if runs.contains(where: { $0.attempt > run.attempt }) { verdict.lateSuccesses += 1 }
            if faults.hubDeaths.contains(where: { (run.startedAt...(run.endedAt ?? .max)).contains($0) }) {
                verdict.adoptions += 1
            }
        case .failed(let type, let message):
            verdict.buried += 1
            // Workers that the nemesis killed count as much as those that a task kills.
            // Of the deliveries that count, one may have died with its worker before the task wrote its line.
            let count = Self.crashLimit - 1
            if type != "DeadLetterError" || runs.count < count || !kind.harmsWorkers || kind == .poison {
                broken("it ended with \(type): \(message)", key)
            }
        case .unknown:
            if isAccepted {
                verdict.lost += 1
                broken("it was accepted and is lost", key)
            } else if !runs.isEmpty {
                broken("it ran and has no result", key)
            }
        case .pending:
            if isAccepted { verdict.lost += 1 }
            broken("it is not done \(Drain.deadline) after the last fault", key)
        }
    }

    /// Another start has its reason in what happened to the worker before.
    private mutating func checkStarts(of key: String, _ runs: [History.Run]) {
        // A worker that was silent may begin an earlier delivery after another has begun the later one.
        let runs = runs.sorted { $0.attempt < $1.attempt }
        for (run, next) in zip(runs, runs.dropFirst()) {
            let died = faults.deaths[run.processID, default: []].contains { $0 <= next.startedAt + 100 }
            let wasSilent = faults.silences[run.processID, default: []].contains { silence in
                silence.lowerBound <= next.startedAt && silence.upperBound + 1000 >= run.startedAt
                    && silence.upperBound - silence.lowerBound >= Self.silence
            }
            if !died && !wasSilent { broken("it was started again although its worker was well", key) }
            if next.attempt == run.attempt { broken("delivery \(run.attempt) began twice", key) }
        }
    }

    private mutating func checkPoison(_ key: String) {
        let runs = history.runs[key] ?? []
        // One fewer where other poison ended the process between the note that this one begins and its first line.
        if runs.count == Self.crashLimit { verdict.exactPoison += 1 }
        if runs.isEmpty || runs.count > Self.crashLimit { broken("poison was started \(runs.count) times", key) }
        guard case .failed("DeadLetterError", _)? = endings[key] else {
            broken("poison is no dead letter", key)
            return
        }
        verdict.buried += 1
    }

    private mutating func checkRedeliveries() {
        guard kind == .worker || kind == .poison else { return }
        for (key, runs) in history.runs {
            // Between the second death and the next start there is a pause on purpose; the first may have come before
            // the task wrote its line.
            guard runs.count > 1, runs[0].attempt == 1, runs[0].endedAt == nil, runs[1].attempt == 2,
                let death = faults.deaths[runs[0].processID]?.first(where: { $0 >= runs[0].startedAt })
            else { continue }
            let time = runs[1].startedAt - death
            verdict.redeliveries.append(time)
            if time > Self.redelivery { broken("it was delivered again \(time) ms after its worker's death", key) }
        }
        verdict.redeliveries.sort()
    }

    /// A nemesis that nothing was seen of proves nothing.
    mutating func checkBite() -> Verdict {
        if history.runs.count < 20 { verdict.isBroken("hardly anything was done: the run proves nothing") }
        if kind == .hub || kind == .all, verdict.adoptions == 0 {
            verdict.isBroken("no run went on over a restart of the hub: the nemesis does not bite")
        }
        if kind == .worker || kind == .all || kind == .poison, verdict.startedTwice == 0 {
            verdict.isBroken("nothing was delivered again: the nemesis does not bite")
        }
        if kind == .poison, poison.count - verdict.exactPoison > max(1, poison.count / 100) {
            verdict.isBroken("only \(verdict.exactPoison) of \(poison.count) poison tasks were started three times")
        }
        if kind == .client, verdict.tried == verdict.accepted {
            verdict.isBroken("no client died between sending and the answer: the nemesis does not bite")
        }
        return verdict
    }

    private mutating func broken(_ rule: String, _ key: String) {
        verdict.isBroken("\(key): \(rule)\n" + story(of: key))
    }

    /// Everything that is known of a task, for whoever looks for the mistake.
    private func story(of key: String) -> String {
        var lines: [(Int64, String)] = []
        if let time = history.triedAt[key] { lines.append((time, "sent")) }
        if let time = history.acceptedAt[key] { lines.append((time, "accepted")) }
        for run in history.runs[key] ?? [] {
            lines.append((run.startedAt, "delivery \(run.attempt) began in process \(run.processID)"))
            if let time = run.endedAt { lines.append((time, "delivery \(run.attempt) ended")) }
            for time in faults.deaths[run.processID] ?? [] { lines.append((time, "process \(run.processID) died")) }
            for silence in faults.silences[run.processID] ?? [] {
                lines.append((silence.lowerBound, "process \(run.processID) fell silent"))
                lines.append((silence.upperBound, "process \(run.processID) could be heard again"))
            }
        }
        let first = lines.map(\.0).min() ?? 0
        let last = (lines.map(\.0).max() ?? 0) + 20_000
        for time in faults.hubDeaths where (first...last).contains(time) { lines.append((time, "the hub died")) }
        for time in faults.hubStarts where (first...last).contains(time) { lines.append((time, "the hub served")) }
        return lines.sorted { $0.0 < $1.0 }.map { "    \($0.0) \($0.1)" }.joined(separator: "\n")
    }
}
