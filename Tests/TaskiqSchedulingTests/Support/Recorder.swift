// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq
import TaskiqCron

@testable import TaskiqScheduling

/// Keeps what a scheduler reports, and lets tests wait for it.
final class Recorder: SchedulerObserver {
    private struct Waiter {
        let condition: @Sendable ([String]) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var lines: [String] = []
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())

    /// One line for each event, in order.
    var lines: [String] { state.withLock { $0.lines } }

    /// Waits until the lines satisfy a condition.
    func wait(until condition: @escaping @Sendable ([String]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isTrue = state.withLock { state in
                if condition(state.lines) { return true }
                state.waiters.append(Waiter(condition: condition, continuation: continuation))
                return false
            }
            if isTrue { continuation.resume() }
        }
    }

    /// Waits for a line.
    func wait(for line: String) async {
        await wait { $0.contains(line) }
    }

    func add(_ line: String) {
        let satisfied = state.withLock { state in
            state.lines.append(line)
            let lines = state.lines
            let satisfied = state.waiters.filter { $0.condition(lines) }
            state.waiters.removeAll { $0.condition(lines) }
            return satisfied
        }
        for waiter in satisfied { waiter.continuation.resume() }
    }

    func sourceChanged(_ report: SourceReport) {
        let error = report.error.map { ", error: \($0)" } ?? ""
        let problems = report.problems.isEmpty ? "" : ", problems: \(report.problems.count)"
        add("\(report.source): \(report.scheduleCount)\(problems)\(error)")
    }

    func decided(_ decisions: [SlotDecision], at instant: Timestamp) {
        for decision in decisions { add("\(decision.slot.scheduleID) \(decision.summary)") }
    }

    func ledgerFailed(_ error: any Error, failures: Int, retry: Timestamp) {
        add("failed \(failures), again at \(retry)")
    }
}

/// A ledger that can be told to fail.
final class FailingLedger: SlotLedger {
    private let inner: MemorySlotLedger
    private let isFailing = Mutex(false)
    private let sent = Mutex<[BrokerMessage]>([])

    init(states: [ScheduleID: ScheduleState] = [:]) {
        inner = MemorySlotLedger(states: states) { _ in }
    }

    var messages: [BrokerMessage] { sent.withLock { $0 } }

    func fail(_ isFailing: Bool) {
        self.isFailing.withLock { $0 = isFailing }
    }

    func scheduleStates() async throws -> [ScheduleID: ScheduleState] {
        try check()
        return try await inner.scheduleStates()
    }

    func fire(_ request: FireRequest) async throws {
        try check()
        try await inner.fire(request)
        sent.withLock { $0 += request.decisions.compactMap(\.message) }
    }

    private func check() throws {
        if isFailing.withLock({ $0 }) { throw TaskiqError(.unreachable, "away") }
    }
}

/// A source that can be told to fail.
final class FickleSource: ScheduleSource {
    let name = "fickle"
    private let error = Mutex<TaskiqError?>(nil)
    private let inner: InMemoryScheduleSource
    private let broadcast = ChangeBroadcast()

    init(_ tasks: [ScheduledTask]) {
        inner = InMemoryScheduleSource(tasks)
    }

    func fail(_ message: String?) {
        error.withLock { $0 = message.map { TaskiqError(.malformed, $0) } }
        broadcast.send()
    }

    func schedules() async throws -> [ScheduledTask] {
        if let error = error.withLock({ $0 }) { throw error }
        return try await inner.schedules()
    }

    func changes() -> AsyncStream<Void> { broadcast.listen() }
}

/// A source that takes for ever.
struct SilentSource: ScheduleSource {
    let name = "silent"

    func schedules() async throws -> [ScheduledTask] {
        try await Task.sleep(for: .seconds(3600))  // waits: until it is cancelled
        return []
    }
}
