// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqScheduling

@Suite("Planner")
struct PlannerTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let schedule: Schedule
        /// Up to when the ledger has decided; nil for a schedule that it has never seen.
        var cursor: String?
        var started = "12:00:00"
        var asked: String
        let expected: [String]
    }

    static let cases: [Case] = {
        let hourly = try? Schedule.cron("0 * * * *")
        guard let hourly, let noon = try? at("12:00:00") else { return [] }
        return [
            Case(testDescription: "on time", schedule: hourly, asked: "13:00:00", expected: ["fired 13:00:00"]),
            Case(
                testDescription: "a moment late",
                schedule: hourly,
                asked: "13:00:02",
                expected: ["fired 13:00:00"]
            ),
            Case(testDescription: "not yet", schedule: hourly, asked: "12:59:59.999", expected: []),
            Case(
                testDescription: "a slot at the very start is none",
                schedule: hourly,
                asked: "12:30:00",
                expected: []
            ),
            Case(
                testDescription: "known and decided up to now",
                schedule: hourly,
                cursor: "12:00:00",
                asked: "12:00:00",
                expected: []
            ),
            Case(
                testDescription: "downtime over one slot",
                schedule: hourly,
                cursor: "11:00:00",
                started: "12:40:00",
                asked: "12:40:00",
                expected: ["fired 12:00:00"]
            ),
            Case(
                testDescription: "downtime over several slots",
                schedule: hourly,
                cursor: "08:00:00",
                started: "12:40:00",
                asked: "12:40:00",
                expected: ["missed 09:00:00", "missed 10:00:00", "missed 11:00:00", "fired 12:00:00"]
            ),
            Case(
                testDescription: "a slot older than an hour is not made up for",
                schedule: .every(.seconds(6 * 3600)),
                cursor: "00:00:00",
                started: "07:00:00.001",
                asked: "07:00:00.001",
                expected: ["missed 06:00:00"]
            ),
            Case(
                testDescription: "a slot of exactly an hour is",
                schedule: .every(.seconds(6 * 3600)),
                cursor: "00:00:00",
                started: "07:00:00",
                asked: "07:00:00",
                expected: ["fired 06:00:00"]
            ),
            Case(
                testDescription: "two slots of a short interval at once",
                schedule: .every(.milliseconds(100)),
                asked: "12:00:00.250",
                expected: ["missed 12:00:00.100", "fired 12:00:00.200"]
            ),
            Case(
                testDescription: "once, in the future",
                schedule: .at(noon),
                started: "11:00:00",
                asked: "11:59:59",
                expected: []
            ),
            Case(
                testDescription: "once, on time",
                schedule: .at(noon),
                started: "11:00:00",
                asked: "12:00:00",
                expected: ["fired 12:00:00"]
            ),
            Case(
                testDescription: "once, at the start",
                schedule: .at(noon),
                asked: "12:00:00",
                expected: ["fired 12:00:00"]
            ),
            Case(
                testDescription: "once, late",
                schedule: .at(noon),
                started: "13:00:00",
                asked: "13:00:00",
                expected: ["fired 12:00:00"]
            ),
            Case(
                testDescription: "once, too late",
                schedule: .at(noon),
                started: "13:00:00.001",
                asked: "13:00:00.001",
                expected: ["missed 12:00:00"]
            ),
            Case(
                testDescription: "once, decided before",
                schedule: .at(noon),
                cursor: "12:00:00",
                started: "12:10:00",
                asked: "12:10:00",
                expected: []
            ),
            Case(
                testDescription: "clock set back",
                schedule: hourly,
                cursor: "12:00:00",
                started: "10:30:00",
                asked: "12:10:00",
                expected: []
            ),
        ]
    }()

    @Test("what is due", arguments: cases)
    func due(_ testCase: Case) throws {
        var planner = Planner()
        var states: [ScheduleID: ScheduleState] = [:]
        if let cursor = testCase.cursor {
            states["a"] = ScheduleState(cursor: try at(cursor), fingerprint: testCase.schedule.fingerprint)
        }
        let problems = planner.update([task("a", testCase.schedule)], states: states, now: try at(testCase.started))
        #expect(problems.isEmpty)
        let decisions = planner.settle(at: try at(testCase.asked))
        #expect(decisions.map(\.summary) == testCase.expected)
        #expect(decisions.allSatisfy { $0.reason != "" })
        // Whatever was decided is decided: asking again changes nothing.
        #expect(planner.settle(at: try at(testCase.asked)).isEmpty)
    }

    @Test("the table is there")
    func table() {
        #expect(Self.cases.count == 17)
    }

    @Test("the start of a new schedule is recorded before its slots, at once")
    func start() throws {
        var planner = Planner()
        let schedule = try Schedule.cron("0 * * * *")
        _ = planner.update([task("a", schedule)], now: try at("12:34:56"))
        #expect(planner.nextWake == .earliest)
        let plan = try #require(planner.due(at: try at("13:00:00")))
        #expect(plan.request.decisions.isEmpty)
        #expect(
            plan.request.states == [
                "a": ScheduleState(cursor: try at("12:34:56"), fingerprint: schedule.fingerprint)
            ]
        )
        planner.confirm(plan)
        #expect(planner.nextWake == (try at("13:00:00")))
        #expect(planner.settle(at: try at("13:00:00")).map(\.summary) == ["fired 13:00:00"])
        #expect(planner.nextWake == (try at("14:00:00")))
    }

    @Test("a known schedule needs no new state")
    func known() throws {
        var planner = Planner()
        let schedule = try Schedule.cron("0 * * * *")
        let state = ScheduleState(cursor: try at("12:00:00"), fingerprint: schedule.fingerprint)
        #expect(planner.needsStates(for: [[task("a", schedule)]]))
        _ = planner.update([task("a", schedule)], states: ["a": state], now: try at("12:30:00"))
        #expect(!planner.needsStates(for: [[task("a", schedule)]]))
        #expect(planner.due(at: try at("12:30:00")) == nil)
        #expect(planner.nextWake == (try at("13:00:00")))
    }

    @Test("a refused plan leaves everything due")
    func refused() throws {
        var planner = Planner()
        _ = planner.update([task("a", .every(.seconds(60)))], now: try at("12:00:00"))
        _ = planner.settle(at: try at("12:00:00"))
        for _ in 1...3 {
            let plan = try #require(planner.due(at: try at("12:01:00")))
            #expect(plan.request.decisions.map(\.summary) == ["fired 12:01:00"])
            planner.retry(plan)
            #expect(planner.nextWake == (try at("12:01:00")))
        }
        let later = planner.settle(at: try at("12:03:10"))
        #expect(later.map(\.summary) == ["missed 12:01:00", "missed 12:02:00", "fired 12:03:00"])
    }

    @Test("a plan that was accepted without an answer is not proposed again")
    func answerLost() throws {
        var planner = Planner()
        _ = planner.update([task("a", .every(.seconds(60))), task("b", .every(.seconds(60)))], now: try at("12:00:00"))
        let start = try #require(planner.due(at: try at("12:00:00")))
        planner.retry(start)
        planner.learn(start.request.states)
        #expect(planner.due(at: try at("12:00:00")) == nil)
        let plan = try #require(planner.due(at: try at("12:01:00")))
        planner.retry(plan)
        // Of one of them the ledger knows nothing.
        planner.learn(plan.request.states.filter { $0.key == "a" })
        let decisions = planner.settle(at: try at("12:01:10"))
        #expect(decisions.map { "\($0.slot.scheduleID) \($0.summary)" } == ["b fired 12:01:00"])
        #expect(planner.nextSlot(of: "a") == (try at("12:02:00")))
        // What it knows of another timing says nothing.
        let other = ScheduleState(cursor: try at("13:00:00"), fingerprint: "other")
        planner.learn(["a": other])
        #expect(planner.nextSlot(of: "a") == (try at("12:02:00")))
    }

    @Test("a plan that was withdrawn cannot be confirmed")
    func withdrawn() throws {
        var planner = Planner()
        _ = planner.update([task("a", .every(.seconds(60)))], now: try at("12:00:00"))
        _ = planner.settle(at: try at("12:00:00"))
        let plan = try #require(planner.due(at: try at("12:01:00")))
        let again = try #require(planner.due(at: try at("12:01:00")))
        planner.confirm(plan)
        planner.retry(plan)
        #expect(planner.nextWake == nil, "the second plan is still out")
        planner.confirm(again)
        planner.confirm(again)
        #expect(planner.nextWake == (try at("12:02:00")))
    }

    @Test("a clock that is set back fires nothing twice, one that is set forward catches up")
    func clockSteps() throws {
        var planner = Planner()
        _ = planner.update([task("a", .every(.seconds(600)))], now: try at("12:00:00"))
        #expect(planner.settle(at: try at("12:10:00")).map(\.summary) == ["fired 12:10:00"])
        #expect(planner.settle(at: try at("11:50:00")).isEmpty)
        #expect(planner.settle(at: try at("12:10:00")).isEmpty)
        #expect(planner.nextWake == (try at("12:20:00")))
        let summaries = planner.settle(at: try at("12:45:00")).map(\.summary)
        #expect(summaries == ["missed 12:20:00", "missed 12:30:00", "fired 12:40:00"])
    }

    @Test("a request is bounded, and what does not fit follows in order")
    func bounded() throws {
        var limits = Planner.Limits()
        limits.decisionsPerRequest = 4
        var planner = Planner(limits: limits)
        let tasks = (1...6).map { task(ScheduleID(rawValue: "\($0)"), .every(.seconds(60))) }
        _ = planner.update(tasks, now: try at("12:00:00"))
        var sizes: [Int] = []
        var states: [Int] = []
        var instants: [ScheduleID: [Timestamp]] = [:]
        while let plan = planner.due(at: try at("12:03:00")) {
            sizes.append(plan.request.decisions.count)
            states.append(plan.request.states.count)
            for decision in plan.request.decisions {
                instants[decision.slot.scheduleID, default: []].append(decision.slot.instant)
            }
            let inRequest = plan.request.decisions.map(\.slot.instant)
            #expect(inRequest == inRequest.sorted())
            planner.confirm(plan)
        }
        #expect(sizes == [0, 0, 4, 4, 4, 4, 2])
        #expect(states.allSatisfy { $0 <= 4 })
        #expect(instants.values.allSatisfy { $0.count == 3 && $0 == $0.sorted() })
        #expect(instants.count == 6)
    }

    @Test("a long downtime is told in a bounded number of rows")
    func longDowntime() throws {
        var planner = Planner()
        let schedule = Schedule.every(.seconds(1))
        let now = try at("12:00:00")
        let cursor = now - .seconds(5000)
        let state = ScheduleState(cursor: cursor, fingerprint: schedule.fingerprint)
        _ = planner.update([task("a", schedule)], states: ["a": state], now: now)
        let decisions = planner.settle(at: now)
        #expect(decisions.count == 1001)
        #expect(decisions.first?.slot.instant == cursor + .seconds(4000))
        #expect(
            decisions.first?.reason?.hasPrefix(
                "stands for 4000 slots from \(cursor + .seconds(1)) to \(cursor + .seconds(4000)), all missed"
            ) == true
        )
        #expect(decisions.dropFirst().map(\.slot.instant) == (4001...5000).map { cursor + .seconds($0) })
        #expect(decisions.dropFirst().dropLast().allSatisfy { $0.reason != nil })
        #expect(decisions.last?.message != nil)
    }

    @Test("a message that cannot be encoded is a missed slot and holds nothing up")
    func unencodable() throws {
        var planner = Planner(formatter: PickyFormatter(refused: "bad"))
        _ = planner.update(
            [task("a", .every(.seconds(60)), name: "bad"), task("b", .every(.seconds(60)))],
            now: try at("12:00:00")
        )
        let decisions = planner.settle(at: try at("12:01:00"))
        #expect(
            Set(decisions.map { "\($0.slot.scheduleID) \($0.summary)" }) == ["a missed 12:01:00", "b fired 12:01:00"]
        )
        #expect(
            decisions.first { $0.slot.scheduleID == "a" }?.reason == "its message cannot be encoded: no words for it"
        )
    }

    @Test("many updates leave no void entries behind")
    func voidEntries() throws {
        var planner = Planner()
        for seconds in 1...2000 {
            _ = planner.update([task("a", .every(.seconds(3600 + seconds)))], now: try at("12:00:00"))
        }
        #expect(planner.waitingCount <= 66)
        #expect(planner.scheduleCount == 1)
    }
}
