// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqScheduling

@Suite("Memory ledger")
struct MemorySlotLedgerTests {
    private final class Outbox: Sendable {
        private struct State {
            var sent: [String] = []
            var refused: Set<String> = []
        }

        private let state = Mutex(State())

        var sent: [String] { state.withLock { $0.sent } }

        func refuse(_ instants: Set<String>) {
            state.withLock { $0.refused = instants }
        }

        func send(_ message: BrokerMessage) throws {
            let instant = message.labels[.scheduledAt] ?? ""
            try state.withLock { state in
                if state.refused.contains(instant) { throw TaskiqError(.sendTask, "no") }
                state.sent.append(instant)
            }
        }
    }

    private let outbox = Outbox()
    private let minutely = task("a", .every(.seconds(60)))

    private func ledger() -> MemorySlotLedger {
        MemorySlotLedger { [outbox] message in try outbox.send(message) }
    }

    private func request(_ instants: [Timestamp], fingerprint: String = "f") throws -> FireRequest {
        let decisions = try instants.map { instant in
            let slot = Slot(scheduleID: "a", instant: instant)
            return SlotDecision(
                slot: slot,
                verdict: .fired(try minutely.message(for: slot, formatter: JSONFormatter()))
            )
        }
        let cursor = instants.last ?? .epoch
        return FireRequest(decisions: decisions, states: ["a": .init(cursor: cursor, fingerprint: fingerprint)])
    }

    @Test("sends a slot once, however often it is asked")
    func once() async throws {
        let ledger = ledger()
        let request = try request([try at("12:01:00"), try at("12:02:00")])
        try await ledger.fire(request)
        try await ledger.fire(request)
        #expect(outbox.sent == ["2026-03-10T12:01:00Z", "2026-03-10T12:02:00Z"])
        #expect(try await ledger.scheduleStates() == request.states)
    }

    @Test("a slot at the cursor of the same timing is decided, of another timing it is not")
    func cursor() async throws {
        let ledger = MemorySlotLedger(states: ["a": .init(cursor: try at("12:05:00"), fingerprint: "f")]) {
            [outbox] message in try outbox.send(message)
        }
        try await ledger.fire(try request([try at("12:05:00")]))
        #expect(outbox.sent.isEmpty)
        try await ledger.fire(try request([try at("12:04:00")], fingerprint: "g"))
        #expect(outbox.sent == ["2026-03-10T12:04:00Z"])
    }

    @Test("what was sent before a refusal is not sent again")
    func refusal() async throws {
        let ledger = ledger()
        outbox.refuse(["2026-03-10T12:02:00Z"])
        let request = try request([try at("12:01:00"), try at("12:02:00"), try at("12:03:00")])
        await #expect(throws: TaskiqError.self) { try await ledger.fire(request) }
        #expect(try await ledger.scheduleStates().isEmpty)
        outbox.refuse([])
        try await ledger.fire(request)
        #expect(outbox.sent == ["2026-03-10T12:01:00Z", "2026-03-10T12:02:00Z", "2026-03-10T12:03:00Z"])
    }

    @Test("its memory is bounded")
    func bounded() async throws {
        let ledger = ledger()
        let start = try at("00:00:00")
        for number in 0..<5000 { try await ledger.fire(try request([start + .seconds(60 * number)])) }
        #expect(outbox.sent.count == 5000)
        #expect(ledger.rememberedSlotCount(of: "a") <= 2049)
        try await ledger.fire(try request([start]))
        #expect(outbox.sent.count == 5000)
    }

    @Test("sends through a broker")
    func broker() async throws {
        let broker = Broker.inMemory()
        let ran = AsyncStream<Int>.makeStream()
        broker.task("tests.work") { (number: Int) in _ = ran.continuation.yield(number) }
        try await broker.startup()
        let slot = Slot(scheduleID: "a", instant: try at("12:01:00"))
        let scheduled = task("a", .every(.seconds(60)), args: [.int(7)])
        let decision = SlotDecision(
            slot: slot,
            verdict: .fired(try scheduled.message(for: slot, formatter: JSONFormatter()))
        )
        try await MemorySlotLedger(broker: broker).fire(FireRequest(decisions: [decision], states: [:]))
        var iterator = ran.stream.makeAsyncIterator()
        #expect(await iterator.next() == 7)
        await broker.shutdown()
    }
}
