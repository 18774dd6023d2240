// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol
import Testing

struct SlotTests {
    private var hub: HubBench
    private let start = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)

    init() throws {
        hub = try HubBench()
    }

    private func decision(_ minute: Int64, missed reason: String? = nil) -> SlotDecision {
        let slot = Slot(scheduleID: "nightly", instant: start.adding(.seconds(60 * minute)))
        let message = BrokerMessage(taskID: slot.taskID, taskName: "add", message: Array("\(minute)".utf8), labels: [])
        return SlotDecision(slot: slot, verdict: reason.map(SlotDecision.Verdict.missed) ?? .fired(message))
    }

    private func request(_ decisions: [SlotDecision], cursor minute: Int64) -> FireRequest {
        let state = ScheduleState(cursor: start.adding(.seconds(60 * minute)), fingerprint: "f")
        return FireRequest(decisions: decisions, states: ["nightly": state])
    }

    @Test("a slot's row, its message and the cursor are one group; the scheduler is answered after it")
    mutating func oneGroup() throws {
        try hub.tell(.fire(request([decision(1), decision(2, missed: "too late")], cursor: 2), call: 5))
        #expect(hub.group?.operations.count == 5)
        #expect(hub.fired.isEmpty)
        try hub.commit()
        #expect(hub.fired == [5])
        #expect(hub.store.slots.map(\.sequence) == [1, nil])
        #expect(hub.store.slots.map(\.reason) == [nil, "too late"])
        #expect(hub.core.messageCount == 1)
    }

    @Test("a slot is decided once: by whoever, in whatever request, over restarts")
    mutating func once() throws {
        try hub.tell(.fire(request([decision(1), decision(1), decision(2)], cursor: 2), call: 1))
        try hub.tell(.fire(request([decision(1), decision(2), decision(3)], cursor: 3), call: 2))
        try hub.settle()
        #expect(hub.store.slots.count == 3)
        #expect(hub.core.messageCount == 3)
        try hub.restart()
        try hub.tell(.fire(request([decision(2), decision(3)], cursor: 3), call: 3))
        #expect(hub.group == nil)
        #expect(hub.fired == [3])
        #expect(hub.core.messageCount == 3)
    }

    @Test("the hub dies before the disk has it: nothing was decided, and asking again decides")
    mutating func lostBeforeCommit() throws {
        try hub.tell(.fire(request([decision(1)], cursor: 1), call: 1))
        try hub.restart()
        #expect(hub.core.knownScheduleStates.isEmpty)
        #expect(hub.core.messageCount == 0)
        try hub.tell(.fire(request([decision(1)], cursor: 1), call: 1))
        try hub.settle()
        #expect(hub.core.messageCount == 1)
    }

    @Test("a cursor never goes back")
    mutating func cursor() throws {
        try hub.tell(.fire(request([], cursor: 9), call: 1))
        try hub.settle()
        try hub.tell(.fire(request([], cursor: 3), call: 2))
        try hub.settle()
        #expect(hub.core.knownScheduleStates["nightly"]?.cursor == start.adding(.seconds(540)))
        try hub.restart()
        #expect(hub.core.knownScheduleStates["nightly"]?.cursor == start.adding(.seconds(540)))
    }

    @Test("a slot's message runs like any other, and says which slot it is for")
    mutating func run() throws {
        var worker = BenchWorker(1)
        try hub.join(&worker, credit: 1)
        try hub.tell(.fire(request([decision(1)], cursor: 1), call: 1))
        try hub.settle()
        try hub.end(hub.takeDeliveries(worker).first, .ok, "42", by: worker)
        try hub.settle()
        let runs = hub.notices.compactMap { if case .runEnded(let run) = $0 { run } else { nil } }
        #expect(runs.map(\.scheduleID) == ["nightly"])
        #expect(runs.map(\.scheduledAt) == [start.adding(.seconds(60))])
    }

    @Test("a slot whose task no connected worker knows is stored, and somebody is told")
    mutating func unroutable() throws {
        var worker = BenchWorker(1, tasks: ["sub"])
        try hub.join(&worker, credit: 1)
        try hub.tell(.fire(request([decision(1)], cursor: 1), call: 1))
        try hub.settle()
        #expect(hub.notices.contains { if case .unroutable(_, "add", "default") = $0 { true } else { false } })
        #expect(hub.core.messageCount == 1)
    }
}
