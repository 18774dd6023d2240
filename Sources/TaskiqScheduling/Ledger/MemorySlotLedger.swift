// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
public import Taskiq
import TaskiqCron

/// A ledger in the memory of this process, for brokers that cannot record a slot and enqueue a message in one step.
///
/// While the process lives no slot is sent twice, unless the broker took a message without saying so. With the process
/// it is forgotten how far the schedules were decided: after a start they begin anew.
public final class MemorySlotLedger: SlotLedger {
    /// How many slots of one schedule are remembered each, beside the schedule's state.
    fileprivate static let memory = 1024

    fileprivate struct State {
        var states: [ScheduleID: ScheduleState] = [:]
        var decided: [ScheduleID: Set<Timestamp>] = [:]
    }

    private let state: Mutex<State>
    private let send: @Sendable (BrokerMessage) async throws -> Void

    /// Makes a ledger.
    ///
    /// - Parameters:
    ///   - states: how far the schedules were decided before.
    ///   - send: hands a message to whoever delivers it; what it throws makes the scheduler try again.
    public init(
        states: [ScheduleID: ScheduleState] = [:],
        send: @escaping @Sendable (BrokerMessage) async throws -> Void
    ) {
        state = Mutex(State(states: states))
        self.send = send
    }

    /// Makes a ledger that sends through a broker's transport.
    ///
    /// - Parameter broker: the broker; the caller starts it up and shuts it down.
    public convenience init(broker: Broker) {
        self.init { message in try await broker.transport.kick(message) }
    }

    /// How many slots of a schedule are remembered each.
    func rememberedSlotCount(of id: ScheduleID) -> Int {
        state.withLock { $0.decided[id]?.count ?? 0 }
    }

    /// How far each schedule is decided.
    public func scheduleStates() async throws -> [ScheduleID: ScheduleState] {
        state.withLock { $0.states }
    }

    /// Sends the messages of the slots that were not decided before.
    ///
    /// - Parameter request: what to decide.
    /// - Throws: what sending throws; the slots before that one are decided, and the states are as they were.
    public func fire(_ request: FireRequest) async throws {
        for decision in request.decisions {
            let fingerprint = request.states[decision.slot.scheduleID]?.fingerprint
            guard state.withLock({ $0.claim(decision.slot, fingerprint: fingerprint) }) else { continue }
            guard case .fired(let message) = decision.verdict else { continue }
            do {
                try await send(message)
            } catch {
                state.withLock { $0.release(decision.slot) }
                throw error
            }
        }
        state.withLock { $0.record(request.states) }
    }
}

extension MemorySlotLedger.State {
    /// Takes a slot, before its message is sent, so that nobody else sends it meanwhile.
    fileprivate mutating func claim(_ slot: Slot, fingerprint: String?) -> Bool {
        if let state = states[slot.scheduleID], state.fingerprint == fingerprint, slot.instant <= state.cursor {
            return false
        }
        return decided[slot.scheduleID, default: []].insert(slot.instant).inserted
    }

    fileprivate mutating func release(_ slot: Slot) {
        decided[slot.scheduleID]?.remove(slot.instant)
    }

    fileprivate mutating func record(_ new: [ScheduleID: ScheduleState]) {
        for (id, state) in new {
            states[id] = state
            guard let slots = decided[id], slots.count > 2 * MemorySlotLedger.memory else { continue }
            // The state speaks for the older ones, as long as the timing stays what it is.
            decided[id] = Set(slots.sorted().suffix(MemorySlotLedger.memory))
        }
    }
}
