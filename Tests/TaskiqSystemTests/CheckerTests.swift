// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import ChaosTool

/// The checker of `scripts/chaos` sees what it is there to see.
@Suite struct CheckerTests {
    private let sent = "T a 100\nA a 110\n"
    private let run = "S a 1 7 120\nE a 1 7 130\n"

    @Test func aTaskThatRanOnceIsAsItShouldBe() {
        let verdict = check(client: sent, effects: run, ending: .returned("7:1"))
        #expect(verdict.broken.isEmpty)
        #expect(verdict.accepted == 1 && verdict.lost == 0)
    }

    @Test func whatWasAcceptedAndIsNowhereIsLost() {
        #expect(check(client: sent, effects: "", ending: .unknown).lost == 1)
        #expect(check(client: sent, effects: run, ending: .pending).lost == 1)
        // Nobody was told that it was accepted: its client may try again.
        #expect(check(client: "T a 100\n", effects: "", ending: .unknown).broken.isEmpty)
    }

    @Test func whatIsThereWithoutAnAnswerIsRecovered() {
        let verdict = check(client: "T a 100\n", effects: run, ending: .returned("7:1"))
        #expect(verdict.broken.isEmpty && verdict.recovered == 1)
    }

    @Test func aSecondStartNeedsAReason() {
        let twice = run + "S a 2 8 3000\nE a 2 8 3010\n"
        let verdict = check(client: sent, effects: twice, ending: .returned("7:1"))
        #expect(verdict.startedTwice == 1 && verdict.endedTwice == 1 && verdict.broken.count == 1)
        var faults = FaultLog()
        faults.deaths[7] = [125]
        #expect(check(client: sent, effects: twice, ending: .returned("8:2"), faults: faults).broken.isEmpty)
        // One that died later is none.
        faults.deaths[7] = [5000]
        #expect(check(client: sent, effects: twice, ending: .returned("8:2"), faults: faults).broken.count == 1)
    }

    @Test func aLateRedeliveryIsSeen() {
        var faults = FaultLog()
        faults.deaths[7] = [125]
        let late = "S a 1 7 120\nS a 2 8 4000\nE a 2 8 4010\n"
        let verdict = check(client: sent, effects: late, ending: .returned("8:2"), faults: faults)
        #expect(verdict.redeliveries == [3875] && verdict.broken.count == 1)
    }

    @Test func twoOutcomesAreSeen() {
        let line = "debug taskiq.hub: taskiq.task.id=a [TaskiqHub] a task ended\n"
        #expect(check(client: sent, effects: run, ending: .returned("7:1"), log: line).recordedTwice == 0)
        #expect(check(client: sent, effects: run, ending: .returned("7:1"), log: line + line).recordedTwice == 1)
        let told = sent + "R a 9:1 140\n"
        #expect(check(client: told, effects: run, ending: .returned("7:1")).recordedTwice == 1)
    }

    @Test func aResultOfNoRunIsSeen() {
        #expect(check(client: sent, effects: run, ending: .returned("9:1")).broken.count == 1)
        #expect(check(client: "", effects: run, ending: .returned("7:1")).broken.count == 1)
    }

    @Test func poisonIsStartedThreeTimes() {
        let starts = (1...4).map { "S p \($0) \($0) \($0 * 100)\n" }
        let buried = Drain.Ending.failed(type: "DeadLetterError", message: "poison")
        let three = starts.prefix(3).joined()
        #expect(check(client: "", effects: three, ending: buried, poison: "p").exactPoison == 1)
        #expect(check(client: "", effects: three, ending: buried, poison: "p").broken.isEmpty)
        #expect(check(client: "", effects: starts.joined(), ending: buried, poison: "p").broken.count == 1)
        #expect(check(client: "", effects: three, ending: .pending, poison: "p").broken.count == 1)
    }

    private func check(
        client: String,
        effects: String,
        ending: Drain.Ending,
        faults: FaultLog = FaultLog(),
        log: String = "",
        poison: String? = nil
    ) -> Verdict {
        var checker = Checker(
            kind: .worker,
            history: History(effects: effects, clients: [client], hubLog: log),
            faults: faults,
            endings: [poison ?? "a": ending],
            poison: poison.map { [$0] } ?? []
        )
        return checker.check()
    }
}
